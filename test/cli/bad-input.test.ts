import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { runK8snet } from "./run-k8snet.ts";

const manifests = `
apiVersion: v1
kind: Service
metadata: { name: web, namespace: shop }
spec: { selector: { app: web }, ports: [{ port: 80 }] }
---
apiVersion: v1
kind: Service
metadata: { name: db, namespace: shop }
spec: { clusterIP: None, selector: { app: db }, ports: [{ port: 5432 }] }
---
apiVersion: v1
kind: Service
metadata: { name: mail, namespace: shop }
spec: { type: ExternalName, externalName: mail.example.com }
`;
const files: Readonly<Record<string, string>> = {
  "shop.yaml": manifests,
  "web.yaml": `${manifests}---
apiVersion: apps/v1
kind: Deployment
metadata: { name: web }
spec:
  replicas: 9
  selector: { matchLabels: { app: web } }
  template: { metadata: { labels: { app: web } }, spec: { containers: [{ name: c, image: i }] } }
`,
  "only-pod.yaml":
    "apiVersion: v1\nkind: Pod\nmetadata: { name: p }\nspec: { containers: [{ name: c, image: i }] }\n",
  "blank.yaml": "---\n# nothing\n",
  empty: "",
  "filter.txt": "*filter\n:INPUT ACCEPT [0:0]\nCOMMIT\n",
  "odd-rule.txt": "*nat\n:PREROUTING ACCEPT [0:0]\n-A PREROUTING -d 1.2.3.4/99 -j ACCEPT\nCOMMIT\n",
};

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "k8snet-bad-input-"));
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
});
afterAll(() => rmSync(folder, { recursive: true }));

const run = (line: string): ReturnType<typeof runK8snet> => runK8snet(line.split(" "), { cwd: folder });

test.each([
  [
    "a colour mode that is none",
    "render -f shop.yaml --color purple",
    /Allowed choices are auto, always, never/,
  ],
  [
    "a load balancer's address with a part missing",
    "render -f shop.yaml --lb-ip svc/web=203.0.113",
    /"203\.0\.113" is no address and no host name/,
  ],
  [
    "a default namespace that is none",
    "render -f shop.yaml --default-namespace Shop",
    /"Shop" is no namespace: lower-case letters/,
  ],
  ["manifests without -f", "lint shop.yaml", /named behind -f/],
  ["an empty file as a dump", "render --dump empty", /empty holds no iptables rules/],
  ["a folder as a dump", "render --dump .", /\. is a folder, and a dump is a file/],
  ["a table that the dump lacks", "render --dump filter.txt", /no table nat.*\nhint: they have -t filter$/m],
  ["a misspelt Service", "render -f shop.yaml --service shop/wbe", /did you mean shop\/web\?/],
  [
    "a misspelt Service without its namespace",
    "render -f shop.yaml --service wbe",
    /did you mean shop\/web\?/,
  ],
  [
    "a baseline that is not there",
    "lint -f shop.yaml --baseline nope",
    /baseline nope can't be read: it does not exist/,
  ],
  [
    "a configuration that is not there",
    "config --config nope.yaml",
    /can't read "nope\.yaml": it does not exist/,
  ],
  ["a workload that is not there", "trace -f web.yaml svc/web --from deploy/nope", /hint: there are: web\n/],
  ["a pod among many", "trace -f web.yaml svc/web --from pod/nope", /hint: k8snet get pods -A lists all\n/],
  ["a revision where no repository is", "diff git:HEAD -f shop.yaml", /not a git repository/],
  [
    "a trace to an ExternalName",
    "trace -f shop.yaml mail.shop:25",
    /mail\.shop is another name of mail\.example\.com, which another DNS server answers/,
  ],
])("%s is refused", async (_, line, message) => {
  const answer = await run(line);
  expect(answer.stderr).toMatch(message);
  expect(answer).toMatchObject({ status: 2, stdout: "" });
});

test.each([
  ["blank.yaml", "the input holds no object: every document in it is empty"],
  ["empty", "the input holds no object: every document in it is empty"],
  ["only-pod.yaml", "there is no Service in the input, only Pod"],
])("%s is answered with the cluster's own Services, and a warning", async (file, message) => {
  const answer = await run(`get services -f ${file}`);
  expect(answer.stderr).toContain(`warning: ${message} [no-service]`);
  expect(answer.status).toBe(0);
  expect(answer.stdout).toContain("kubernetes");
});

test("input with a Service, or a dump alone, has no such warning", async () => {
  expect((await run("get services -f shop.yaml")).stderr).not.toContain("no-service");
  expect((await run("render -t filter --dump filter.txt")).stderr).not.toContain("no-service");
});

test.each([
  ["shop/db", "shop/db is headless: DNS answers with its pods' addresses, and no rule is written"],
  ["mail", "shop/mail is an ExternalName: DNS answers with mail.example.com, and no rule is written"],
])("render --service %s says why it prints nothing", async (service, message) => {
  const answer = await run(`render -f shop.yaml --service ${service}`);
  expect(answer).toMatchObject({ status: 0, stdout: "" });
  expect(answer.stderr).toContain(`note: ${message}`);
});

test("an end that hangs on what no manifest says reads as a sentence", async () => {
  const { stdout } = await run("trace -f shop.yaml 192.168.49.2:22 --from external");
  expect(stdout).toContain("100% if a process on minikube listens on tcp port 22\n");
  expect(stdout).toContain(`100% unless a process on minikube listens on tcp port 22
     rejected: nothing says that a process on minikube listens on tcp port 22; the client sees "connection refused"
`);
});

test("a rule that can't be read is named once, by its fault", async () => {
  const { stderr } = await run("render --dump odd-rule.txt");
  expect(stderr).toContain("odd-rule.txt:3:15: warning: rule kept as text: invalid mask `99' specified");
  expect(stderr).not.toContain("one rule uses");
});

test("an empty path is not the folder k8snet stands in, and an empty target no name", async () => {
  const path = await runK8snet(["render", "-f", ""], { cwd: folder });
  expect(path).toMatchObject({
    status: 2,
    stdout: "",
    stderr: expect.stringContaining("error: -f is empty"),
  });
  const target = await runK8snet(["trace", "-f", "shop.yaml", ""], { cwd: folder });
  expect(target).toMatchObject({
    status: 2,
    stdout: "",
    stderr: expect.stringContaining("error: trace needs a target"),
  });
});

test("-f takes several names divided by commas, as kubectl does, where no file is called so", async () => {
  const both = await run("get svc -n shop -o name -f shop.yaml,only-pod.yaml");
  expect(both).toMatchObject({ status: 0, stdout: "service/db\nservice/mail\nservice/web\n" });
  writeFileSync(join(folder, "a,b.yaml"), manifests);
  expect(await run("get svc -n shop -o name -f a,b.yaml")).toMatchObject({ status: 0, stdout: both.stdout });
  const wrong = await run("get svc -f shop.yaml,nope.yaml");
  expect(wrong).toMatchObject({ status: 2, stdout: "" });
  expect(wrong.stderr).toContain('the path "nope.yaml" does not exist');
});

test.each(["{NAME}", "NAME", "{ENV:-dev}"])("$%s in a name is taken for a placeholder", async (variable) => {
  const stdin = `apiVersion: v1\nkind: Service\nmetadata: {name: "web-$${variable}"}\nspec: {ports: [{port: 80}]}\n`;
  const answer = await runK8snet(["get", "svc", "-f", "-"], { stdin });
  expect(answer).toMatchObject({ status: 2, stdout: "" });
  expect(answer.stderr).toContain("hint: This looks like a placeholder: substitute it first");
});
