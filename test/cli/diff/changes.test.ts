import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { runK8snet } from "../run-k8snet.ts";

/** Three pods, one a node, behind a Service. */
const base = `apiVersion: apps/v1
kind: Deployment
metadata: {name: web, namespace: shop}
spec:
  replicas: 3
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec: {containers: [{name: web, image: web, ports: [{name: http, containerPort: 8080}]}]}
---
apiVersion: v1
kind: Service
metadata: {name: web, namespace: shop}
spec:
  type: NodePort
  selector: {app: web}
  ports: [{name: http, port: 80, targetPort: http, nodePort: 30080}]
---
apiVersion: v1
kind: Service
metadata: {name: pay, namespace: shop}
spec: {type: ExternalName, externalName: pay.example.com}
`;

/** Endpoints as `diff` lists them, all with the same port. */
const pods = (port: number): string[] =>
  ["10.244.0.107", "10.244.1.18", "10.244.2.104"].map((ip) => `${ip}:${port}`);
const thirds = (port: number): string =>
  pods(port)
    .map((pod) => `1/3 ${pod}`)
    .join(", ");
const either = pods(8080)
  .join(", ")
  .replace(/, (?=[^,]*$)/, " or ");
const local: Edit = ["type: NodePort", "type: NodePort\n  externalTrafficPolicy: Local"];

type Edit = readonly [from: string, to: string];

// Whole commands are run, several in a test.
jest.setTimeout(60_000);

let folder = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "k8snet-changes-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

function edited(text: string, edits: readonly Edit[]): string {
  return edits.reduce((before, [from, to]) => {
    expect(before).toContain(from);
    return before.replace(from, to);
  }, text);
}

async function diff(
  old: string,
  now: string,
  ...words: string[]
): Promise<{ status: number; stdout: string }> {
  writeFileSync(join(folder, "old.yaml"), old);
  writeFileSync(join(folder, "new.yaml"), now);
  return runK8snet(["diff", "old.yaml", "new.yaml", ...words], { cwd: folder });
}

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

describe("a cluster of both families", () => {
  const ranges = [
    "--service-cidr",
    "10.96.0.0/12,fd00:10:96::/112",
    "--cluster-cidr",
    "10.244.0.0/16,fd00:10:244::/56",
  ];
  const dual = edited(base, [
    ["  type: NodePort\n", "  type: NodePort\n  ipFamilyPolicy: PreferDualStack\n"],
  ]);
  const typo: Edit = ["  selector: {app: web}\n", "  selector: {app: wbe}\n"];
  const head = (stdout: string): string[] => stdout.match(/^(?:lost|gained) .*/gm) ?? [];

  test("is compared in both", async () => {
    const answer = await diff(dual, edited(dual, [typo]), ...ranges, "--fail-on", "breaking");
    expect(answer.status).toBe(1);
    expect(head(answer.stdout).map((line) => line.replace(/ from .*/, ""))).toEqual([
      "lost  shop/web IPv4 cluster IP http 80/TCP",
      "lost  shop/web IPv4 node port http 30080/TCP",
      "lost  shop/web IPv6 cluster IP http 80/TCP",
      "lost  shop/web IPv6 node port http 30080/TCP",
    ]);
    const { flows, objects } = JSON.parse(
      (await diff(dual, edited(dual, [typo]), ...ranges, "-o", "json")).stdout,
    );
    expect(new Set(flows.map(({ family }: { family: number }) => family))).toEqual(new Set([4, 6]));
    expect(objects).toHaveLength(2);
  });

  test("gains what becomes dual stack, and says so in a comment and by --explain as well", async () => {
    for (const words of [[], ["--explain"], ["-o", "markdown"]]) {
      const { stdout } = await diff(base, dual, ...ranges, ...words);
      expect(stdout).toContain("shop/web IPv6 cluster IP http 80/TCP");
      expect(stdout).not.toContain("IPv4 cluster IP");
    }
    expect((await diff(base, dual, ...ranges, "--explain")).stdout).toMatch(
      / is, pods on \S+ \(fd00:10:244:\S+\) to \[fd00:10:96::/,
    );
  });

  test("is compared in one of them where --ip-family asks for it", async () => {
    const { stdout } = await diff(dual, edited(dual, [typo]), ...ranges, "--ip-family", "6");
    expect(head(stdout)).toHaveLength(2);
    expect(stdout).not.toMatch(/IPv[46]|10\.244\.\d+\.\d+:8080,.*\n.*rejected/);
  });

  test("has its rules compared in both by --plain", async () => {
    const { stdout } = await diff(base, dual, ...ranges, "--plain");
    expect(new Set(stdout.match(/^\+\+\+ .*/gm))).toEqual(
      new Set(["minikube", "minikube-m02", "minikube-m03"].map((node) => `+++ b/${node}/ip6tables-save`)),
    );
  });
});

describe("a load balancer with source ranges", () => {
  const balancer = (...ranges: string[]): string =>
    edited(base, [
      ["  type: NodePort\n", `  type: LoadBalancer\n  loadBalancerSourceRanges: [${ranges.join(", ")}]\n`],
    ]);
  const address = ["--lb-ip", "svc/shop/web=192.0.2.80"];
  const flows = (stdout: string): string[] =>
    stdout.match(/^(?:lost|gained|newly|endpoints|fails) .*/gm) ?? [];

  test("is asked by a client of each range", async () => {
    const answer = await diff(
      balancer("192.0.2.0/26", "203.0.113.0/24"),
      balancer("198.51.100.0/24", "192.0.2.0/26"),
      ...address,
    );
    expect(answer.status).toBe(1);
    expect(flows(answer.stdout)).toEqual([
      "lost    shop/web load balancer http 80/TCP from outside in 203.0.113.0/24",
      "gained  shop/web load balancer http 80/TCP from outside in 198.51.100.0/24",
    ]);
    expect(answer.stdout).toMatch(/^breaking for shop\/web; /m);
  });

  test("a range in another one: who is in both stays", async () => {
    const { stdout } = await diff(balancer("203.0.113.0/24"), balancer("203.0.113.0/28"), ...address);
    expect(flows(stdout)).toEqual([
      "lost  shop/web load balancer http 80/TCP from outside in 203.0.113.0/24",
    ]);
  });

  test.each([
    ["the nodes' own network, where the client outside is as well", "192.168.49.0/24", /^gained .* outside$/],
    ["a node, which is nobody outside", "192.168.49.3/32", /^gained .* from node minikube-m02$/],
  ])("a range that is %s", async (_name, range, line) => {
    const { stdout } = await diff(balancer("203.0.113.0/24"), balancer(range), ...address);
    const gained = flows(stdout).filter((text) => text.startsWith("gained"));
    expect(gained).toEqual([expect.stringMatching(line)]);
  });

  test("many with ranges of their own are one entry", async () => {
    const many = (port: number): string =>
      Array.from({ length: 12 }, (_, index) =>
        edited(base.slice(base.indexOf("---")), [
          ["  type: NodePort\n", `  type: LoadBalancer\n  loadBalancerSourceRanges: [203.0.${index}.0/24]\n`],
          ["name: web", `name: web-${index}`],
          [", nodePort: 30080}]", `}]\nstatus: {loadBalancer: {ingress: [{ip: 198.51.100.${index}}]}}`],
          ["port: 80,", `port: ${port},`],
          ["{name: pay,", `{name: pay-${index},`],
        ]),
      ).join("") + base.slice(0, base.indexOf("---"));
    const { stdout } = await diff(many(80), many(81));
    expect(stdout).toMatch(
      /^lost {4}load balancer of 12 Services \(shop\/web-0 http 80\/TCP, .* and 9 more\) from outside in their source ranges$/m,
    );
    expect(flows(stdout)).toHaveLength(6);
  });

  test("the example is followed from an address of the range", async () => {
    const sides = [balancer("203.0.113.0/24"), balancer("198.51.100.0/24")] as const;
    const { stdout } = await diff(...sides, ...address, "--explain");
    expect(stdout).toMatch(
      /^ +is, outside \(203\.0\.113\.9\) to 192\.0\.2\.80:80\/tcp:\n(?:.*\n)*?.*dropped: DROP in chain KUBE-PROXY-FIREWALL$/m,
    );
    const json = JSON.parse((await diff(...sides, ...address, "-o", "json")).stdout);
    expect(json.flows[0].example).toMatchObject({ source: "203.0.113.9", to: "192.0.2.80" });
  });

  test("without an address is said not to be compared", async () => {
    const sides = [balancer("203.0.113.0/24"), balancer("198.51.100.0/24")] as const;
    const line =
      "not compared: the load balancer of shop/web, with no address in status: --lb-ip svc/shop/web=ADDRESS gives one";
    expect((await diff(...sides)).stdout).toContain(`\n\n${line}\n\nno flow changes; 1 change to objects\n`);
    expect((await diff(...sides, "-o", "markdown")).stdout).toContain(
      "\nnot compared: the load balancer of shop/web",
    );
    expect(JSON.parse((await diff(...sides, "-o", "json")).stdout)).toMatchObject({
      unknownBalancers: ["shop/web"],
    });
    expect((await diff(...sides, ...address)).stdout).not.toContain("not compared");
  });
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

describe("an address that was simulated and is stated now is no flow lost", () => {
  const unpinned = edited(base, [[", nodePort: 30080", ""]]);
  const pinned = edited(base, [["  type: NodePort\n", "  type: NodePort\n  clusterIP: 10.96.44.44\n"]]);

  test.each([
    ["stated", unpinned, pinned, "(simulated) -> 10.96.44.44"],
    ["left open again", pinned, unpinned, "10.96.44.44 -> "],
  ])("%s", async (_name, old, now, shown) => {
    const answer = await diff(old, now, "--fail-on", "breaking");
    expect(answer.status).toBe(0);
    expect(answer.stdout).toContain(shown);
    expect(answer.stdout).toContain("\nno flow changes; 2 changes to objects\n");
  });

  test("a stated one that is another is", async () => {
    const other = pinned.replace("30080", "30081").replace("10.96.44.44", "10.96.44.45");
    expect((await diff(pinned, other, "--fail-on", "breaking")).status).toBe(1);
  });

  test("a node port that nobody stated is said to be simulated", async () => {
    const open = edited(base, [
      ["type: NodePort", "type: ClusterIP"],
      [", nodePort: 30080", ""],
    ]);
    const { stdout } = await diff(open, unpinned);
    expect(stdout).toMatch(
      /^gained {2}shop\/web node port http \d+\/TCP \(simulated\) from any pod, any node, outside$/m,
    );
    expect((await diff(open, base)).stdout).toContain("shop/web node port http 30080/TCP from any pod");
  });

  test("what else changed is told all the same", async () => {
    const { stdout } = await diff(
      unpinned,
      edited(pinned, [["  selector: {app: web}\n", "  selector: {app: none}\n"]]),
    );
    expect(stdout.match(/^(lost|gained) +.*? from/gm)).toEqual([
      "lost  shop/web cluster IP http 80/TCP from",
      expect.stringMatching(/^lost {2}shop\/web node port http \d+\/TCP \(simulated\) from/),
    ]);
  });
});

describe("what-ifs", () => {
  const asks = async (...words: string[]): Promise<string> => {
    writeFileSync(join(folder, "web.yaml"), base);
    return (await runK8snet(["diff", "web.yaml", ...words], { cwd: folder })).stdout;
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
    writeFileSync(join(folder, "k8snet.yaml"), "scale: [deploy/shop/web=1]\n");
    expect(await asks("-f", "web.yaml")).toBe("no difference\n");
    expect(await asks("-f", "web.yaml", "--scale", "deploy/shop/web=2")).toContain("1 -> 2 endpoints");
  });
});

describe("a stated address that another Service has now", () => {
  const renamed: Edit = [
    "metadata: {name: web, namespace: shop}\nspec:\n  type: NodePort",
    "metadata: {name: site, namespace: shop}\nspec:\n  type: NodePort",
  ];

  test("loses nothing where the same pods answer", async () => {
    const { stdout } = await diff(base, edited(base, [renamed]));
    expect(stdout).toContain("lost    shop/web cluster IP http 80/TCP");
    expect(stdout).toContain("gained  shop/site cluster IP http 80/TCP");
    expect(stdout).not.toMatch(/^(?:lost|gained).* node port/m);
  });

  test("sends to the other Service's pods, on whichever nodes they are", async () => {
    const other = base
      .replace("kind: Deployment\nmetadata: {name: web", "kind: Deployment\nmetadata: {name: site")
      .replaceAll("app: web", "app: site")
      .split("---\n")[0]!
      .replace("replicas: 3", "replicas: 2");
    const moved = edited(base, [
      renamed,
      ["  selector: {app: web}\n  ports", "  selector: {app: site}\n  ports"],
    ]);
    const { stdout, status } = await diff(`${base}---\n${other}`, `${moved}---\n${other}`);
    expect(status).toBe(1);
    expect(stdout).toMatch(
      /^endpoints changed +shop\/web node port http 30080\/TCP from any pod, any node, outside$/m,
    );
  });
});
