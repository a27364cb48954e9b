import { join } from "node:path";
import { buildChainPicture } from "../../src/graph/chain-picture.ts";
import type { Picture } from "../../src/graph/picture.ts";
import { parseSave } from "../../src/netfilter/parse-save.ts";
import { runK8snet } from "../cli/run-k8snet.ts";

const root = join(__dirname, "..", "..");

async function savedRules(fixture: string, ...more: string[]): Promise<string> {
  const args = ["render", "-f", join(root, "fixtures", fixture, "manifests"), "-t", "all", "-o", "save"];
  return (await runK8snet([...args, ...more])).stdout;
}

async function picture(fixture: string, service?: string): Promise<Picture> {
  const [ruleset] = parseSave({ name: "dump", text: await savedRules(fixture) }).rulesets;
  return buildChainPicture(ruleset!, { title: "node", ...(service === undefined ? {} : { service }) });
}

/** `PREROUTING > KUBE-SERVICES [label]`. */
function ways({ boxes, arrows }: Picture): string[] {
  const title = new Map(boxes.map((box) => [box.id, box.title]));
  return arrows.map(({ from, to, label }) => `${title.get(from)} > ${title.get(to)} [${label}]`);
}

test("the jobs application's Service, from its rules' text alone", async () => {
  const drawn = await picture("jobs-app", "jobs/backend-service");
  expect(ways(drawn)).toEqual([
    "PREROUTING > KUBE-SERVICES []",
    "OUTPUT > KUBE-SERVICES []",
    "POSTROUTING > KUBE-POSTROUTING []",
    "KUBE-SERVICES > KUBE-SVC-6R7RAWWNQI6ZLKMO [10.96.5.81:3000 tcp]",
    "KUBE-POSTROUTING > MASQUERADE []",
    "KUBE-SVC-6R7RAWWNQI6ZLKMO > KUBE-SEP-O3HWD4DESFNXEYL6 [33.3%]",
    "KUBE-SVC-6R7RAWWNQI6ZLKMO > KUBE-SEP-DYW3J24OZPZUG45G [33.3%]",
    "KUBE-SVC-6R7RAWWNQI6ZLKMO > KUBE-SEP-BQCLXRBJ6S4LE5AF [33.3%]",
    "KUBE-SEP-O3HWD4DESFNXEYL6 > 10.244.1.2:3000 []",
    "KUBE-SEP-DYW3J24OZPZUG45G > 10.244.1.3:3000 []",
    "KUBE-SEP-BQCLXRBJ6S4LE5AF > 10.244.1.4:3000 []",
  ]);
  const service = drawn.boxes.find((box) => box.kind === "service-chain");
  expect(service?.lines).toEqual(["jobs/backend-service:backend", "not from 10.244.0.0/16: masquerade"]);
});

test("a node port leads through KUBE-NODEPORTS and the external chain", async () => {
  const drawn = await picture("vote", "default/vote");
  expect(ways(drawn).filter((way) => /NODEPORTS|EXT/.test(way))).toEqual([
    "KUBE-SERVICES > KUBE-NODEPORTS [to this node]",
    "KUBE-NODEPORTS > KUBE-EXT-U3NG4A3QTUGMYALW [127.0.0.0/8 port 30000 tcp\nport 30000 tcp]",
    "KUBE-EXT-U3NG4A3QTUGMYALW > KUBE-SVC-U3NG4A3QTUGMYALW []",
  ]);
  expect(drawn.boxes.find((box) => box.title.startsWith("KUBE-EXT"))?.lines).toEqual([
    "default/vote:80",
    "all: masquerade",
  ]);
});

test("a Service without endpoints ends at the filter table's REJECT", async () => {
  const text = await savedRules("jobs-app", "--scale", "deploy/backend-deployment=0");
  const [ruleset] = parseSave({ name: "dump", text }).rulesets;
  const drawn = buildChainPicture(ruleset!, { title: "node", service: "jobs/backend-service" });
  expect(ways(drawn)).toContain("KUBE-SERVICES > REJECT [10.96.5.81:3000 tcp]");
});

test("rules that go in a circle are drawn and end", () => {
  const text = [
    "*nat",
    ":PREROUTING ACCEPT",
    ":A -",
    ":B -",
    "-A PREROUTING -j A",
    "-A A -j B",
    "-A B -j A",
    "-A B -p tcp -j DNAT --to-destination 10.0.0.1:80",
    "COMMIT",
    "",
  ].join("\n");
  const [ruleset] = parseSave({ name: "dump", text }).rulesets;
  expect(ways(buildChainPicture(ruleset!, { title: "node" }))).toEqual([
    "PREROUTING > A []",
    "A > B []",
    "B > 10.0.0.1:80 []",
  ]);
});
