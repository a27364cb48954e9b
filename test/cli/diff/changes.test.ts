import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { runK8snet } from "../run-k8snet.ts";
import {
  base,
  comparedFolder,
  type Edit,
  edited,
  either,
  local,
  pods,
  thirds,
} from "./compared-manifests.ts";

// Whole commands are run, several in a test.
jest.setTimeout(60_000);

const { diff, path } = comparedFolder();

describe("a change is told once, whoever calls and by whichever node", () => {
  test.each<readonly [string, readonly Edit[], readonly Edit[], readonly string[]]>([
    [
      "a node port that comes",
      [
        ["type: NodePort", "type: ClusterIP"],
        [", nodePort: 30080", ""],
      ],
      [],
      [
        "~ shop/web: type ClusterIP -> NodePort",
        "~ shop/web: port http 80/TCP to http -> http 80/TCP to http, node port 30080",
        "",
        "gained  shop/web node port http 30080/TCP from any pod, any node, outside",
        "        was no such address",
        `        is  ${thirds(8080)}, source address rewritten`,
        "",
        "nothing breaking; flows: 1 × gained; 2 changes to objects",
      ],
    ],
    [
      "the policy of a node port: own node and others fare differently",
      [],
      [local],
      [
        "~ shop/web: externalTrafficPolicy Cluster -> Local",
        "",
        "lost in part             shop/web node port http 30080/TCP from any pod to another node",
        `                         was ${thirds(8080)}, source address rewritten`,
        `                         is  ${either}, 2/3 reply lost`,
        "source address now kept  shop/web node port http 30080/TCP from any pod to its own node",
        `                         was ${thirds(8080)}, source address rewritten`,
        `                         is  ${thirds(8080)}`,
        "source address now kept  shop/web node port http 30080/TCP from any node to another, outside",
        `                         was ${thirds(8080)}, source address rewritten`,
        `                         is  ${either}`,
        "",
        "breaking for shop/web; flows: 1 × lost in part, 2 × source address now kept; 1 change to objects",
      ],
    ],
    [
      "a node port without an endpoint on two of the nodes",
      [["replicas: 3", "replicas: 1"]],
      [["replicas: 3", "replicas: 1"], local],
      [
        "~ shop/web: externalTrafficPolicy Cluster -> Local",
        "",
        "lost                     shop/web node port http 30080/TCP on minikube and minikube-m03 from any pod to another node",
        "                         was 10.244.1.18:8080, source address rewritten",
        "                         is  10.244.1.18:8080 (reply lost)",
        "lost                     shop/web node port http 30080/TCP on minikube and minikube-m03 from any node to another, outside",
        "                         was 10.244.1.18:8080, source address rewritten",
        "                         is  dropped",
      ],
    ],
    [
      "a selector that selects nothing",
      [],
      [["  selector: {app: web}\n", "  selector: {app: wbe}\n"]],
      [
        "~ shop/web: selector app=web -> app=wbe",
        `~ shop/web: 3 -> 0 endpoints, port 80/TCP (-${pods(8080).join(" -")})`,
        "",
        "lost  shop/web cluster IP http 80/TCP from any pod, any node, outside",
        `      was ${thirds(8080)}`,
        "      is  rejected",
        "lost  shop/web node port http 30080/TCP from any pod, any node, outside",
        `      was ${thirds(8080)}, source address rewritten`,
        "      is  rejected",
        "",
        "because no pod in namespace shop has the labels app=wbe: connections to shop/web are rejected",
        "        new.yaml:16:3",
        "        the pods of Deployment web have app=web",
        "",
        "breaking for shop/web; flows: 2 × lost; 2 changes to objects",
      ],
    ],
    [
      "a container's port",
      [],
      [["containerPort: 8080", "containerPort: 8081"]],
      [
        `~ shop/web: 3 endpoints at another port, port 80/TCP (+${pods(8081).join(" +")} -${pods(8080).join(" -")})`,
        "",
        "endpoints changed  shop/web cluster IP http 80/TCP from any pod, any node, outside",
        `                   was ${thirds(8080)}`,
        `                   is  ${thirds(8081)}`,
        "endpoints changed  shop/web node port http 30080/TCP from any pod, any node, outside",
        `                   was ${thirds(8080)}, source address rewritten`,
        `                   is  ${thirds(8081)}, source address rewritten`,
        "",
        "nothing breaking; flows: 2 × endpoints changed; 1 change to objects",
      ],
    ],
  ])("%s", async (_name, before, after, lines) => {
    const { stdout } = await diff(edited(base, before), edited(base, after));
    expect(stdout.split("\n").slice(0, lines.length)).toEqual(lines);
  });
});

test("session affinity: where a client's next connections go", async () => {
  const sticky = edited(base, [
    ["  selector: {app: web}\n", "  sessionAffinity: ClientIP\n  selector: {app: web}\n"],
  ]);
  const { stdout } = await diff(sticky, base);
  expect(stdout).toContain(
    [
      "affinity changed  shop/web cluster IP http 80/TCP from any pod, any node, outside",
      `                  was ${thirds(8080)}; a client stays with its first`,
      `                  is  ${thirds(8080)}; each connection anew`,
    ].join("\n"),
  );
  const { flows } = JSON.parse((await diff(sticky, base, "-o", "json")).stdout);
  expect(flows[0]).toMatchObject({
    before: expect.stringMatching(/first$/),
    after: expect.stringMatching(/anew$/),
  });
});

describe("what of a Service changed is said", () => {
  const affinity = "  sessionAffinity: ClientIP\n";
  test.each<readonly [string, readonly Edit[], readonly Edit[], string]>([
    [
      "an ExternalName's name",
      [],
      [["pay.example.com", "pay2.example.com"]],
      "~ shop/pay: external name pay.example.com -> pay2.example.com\n\nno flow changes; 1 change to objects\n",
    ],
    [
      "how long a client stays with its endpoint",
      [["  selector: {app: web}\n", `${affinity}  selector: {app: web}\n`]],
      [
        [
          "  selector: {app: web}\n",
          `${affinity}  sessionAffinityConfig: {clientIP: {timeoutSeconds: 60}}\n  selector: {app: web}\n`,
        ],
      ],
      "~ shop/web: session affinity ClientIP for 10800 s -> ClientIP for 60 s\n",
    ],
    [
      "traffic distribution",
      [],
      [["  type: NodePort\n", "  type: NodePort\n  trafficDistribution: PreferSameNode\n"]],
      "~ shop/web: traffic distribution none -> PreferSameNode\n",
    ],
    [
      "a port with another number is the same port",
      [],
      [["port: 80,", "port: 81,"]],
      "~ shop/web: port http 80/TCP to http, node port 30080 -> http 81/TCP to http, node port 30080\n\n",
    ],
    [
      "another protocol, which no container has",
      [],
      [["{name: http, port: 80,", "{name: http, protocol: UDP, port: 80,"]],
      `~ shop/web: 3 -> 0 endpoints, port 80/UDP (-${pods(8080).join(" -")})\n`,
    ],
    [
      "a port that has no endpoints",
      [],
      [
        [
          "nodePort: 30080}]",
          "nodePort: 30080}, {name: admin, port: 9000, targetPort: admin, nodePort: 30090}]",
        ],
      ],
      "+ shop/web: port admin 9000/TCP to admin, node port 30090 (no endpoints)\n",
    ],
  ])("%s", async (_name, before, after, shown) => {
    const { status, stdout } = await diff(edited(base, before), edited(base, after));
    expect(stdout).toContain(shown);
    expect(status).toBe(1);
  });
});

describe("why flows are lost", () => {
  const https: Edit = ["targetPort: http,", "targetPort: https,"];
  const reason = 'no container of Deployment web has a TCP port named "https"';

  test("is what lint has against the new side, in every format", async () => {
    const now = edited(base, [https]);
    expect((await diff(base, now)).stdout).toMatch(
      /\n\nbecause no container .* "https": .*\n {8}new\.yaml:17:\d+\n {8}did you mean "http"\?\n\n/,
    );
    const { stdout: markdown } = await diff(base, now, "-o", "markdown");
    expect(markdown.split("\n")[2]).toMatch(
      /^- \*\*because\*\* no container .*did you mean "http"\? \(new\.yaml:17:/,
    );
    const { reasons, simulated } = JSON.parse((await diff(base, now, "-o", "json")).stdout);
    expect(simulated).toBe(true);
    expect(reasons).toEqual([
      {
        code: "named-port-missing",
        message: expect.stringContaining(reason),
        hint: 'did you mean "http"?',
        file: "new.yaml",
        line: 17,
        column: expect.any(Number),
      },
    ]);
  });

  test("is that nothing is left to run", async () => {
    const { stdout } = await diff(base, edited(base, [["replicas: 3", "replicas: 0"]]));
    expect(stdout).toContain("\nbecause shop/web has no endpoints: Deployment web has no replicas\n");
  });

  test("is no finding of before, nor of a Service that loses nothing", async () => {
    const broken = edited(base, [https]);
    const renumbered = edited(broken, [["nodePort: 30080", "nodePort: 30081"]]);
    expect((await diff(broken, renumbered)).stdout).not.toContain("because");
    expect((await diff(broken, base)).stdout).not.toContain("because");
  });

  test("--plain --fail-on breaking fails where a flow is lost, and only there", async () => {
    const fails = async (now: string): Promise<number> =>
      (await diff(base, now, "--plain", "--fail-on", "breaking")).status;
    expect(await fails(edited(base, [https]))).toBe(1);
    expect(await fails(edited(base, [["replicas: 3", "replicas: 4"]]))).toBe(0);
  });
});

test("a comment folds the ways of packets below its table", async () => {
  const { stdout } = await diff(
    base,
    edited(base, [["replicas: 3", "replicas: 0"]]),
    "-o",
    "markdown",
    "--explain",
  );
  expect(stdout.match(/^\|.*/gm)).toHaveLength(4);
  expect(stdout).toMatch(
    /^<details><summary>lost: shop\/web node port http 30080\/TCP<\/summary>\n\n`{5}\nwas, pods on minikube [^|]*\n`{5}\n\n<\/details>$/m,
  );
});

test("a comment says that addresses are simulated, and nothing where nothing differs", async () => {
  const { stdout } = await diff(base, edited(base, [["replicas: 3", "replicas: 2"]]), "-o", "markdown");
  expect(stdout).toMatch(
    /\n\nSimulated, since no manifest states them: 3 ClusterIPs, 3 pod IPs, 3 nodes\.\n$/,
  );
  expect((await diff(base, base, "-o", "markdown")).stdout).toBe("### k8snet: no difference\n");
});

test("what hangs on something unknown is told with its condition", async () => {
  const old = edited(base, [
    ["  type: NodePort\n", "  type: LoadBalancer\n  loadBalancerSourceRanges: [203.0.113.0/24]\n"],
  ]);
  const now = edited(old, [["  selector: {app: web}\n", "  selector: {app: none}\n"]]);
  const { stdout } = await diff(old, now, "--lb-ip", "svc/shop/web=192.0.2.80");
  expect(stdout).toContain(
    " is  192.0.2.80:80 if something beyond the default gateway answers at 192.0.2.80, else unreachable\n",
  );
});

describe("what-ifs", () => {
  const asks = async (...words: string[]): Promise<string> => {
    writeFileSync(join(path(), "web.yaml"), base);
    return (await runK8snet(["diff", "web.yaml", ...words], { cwd: path() })).stdout;
  };

  test.each([
    ["--scale", "deploy/shop/web=1", "~ shop/web: 3 -> 1 endpoints, port 80/TCP"],
    ["--ready", "deploy/shop/web=0/3", "~ shop/web: 3 -> 0 endpoints, port 80/TCP"],
    ["--drain", "node/minikube-m02", "~ shop/web: 1 of 3 endpoints replaced, port 80/TCP"],
  ])("%s %s is about the current input", async (flag, value, shown) => {
    expect(await asks("-f", "web.yaml", flag, value)).toContain(shown);
    expect(await asks("web.yaml", flag, value)).toBe("no difference\n");
  });

  test("of k8snet.yaml are about both sides", async () => {
    writeFileSync(join(path(), "k8snet.yaml"), "scale: [deploy/shop/web=1]\n");
    expect(await asks("-f", "web.yaml")).toBe("no difference\n");
    expect(await asks("-f", "web.yaml", "--scale", "deploy/shop/web=2")).toContain("1 -> 2 endpoints");
  });
});
