import { base, comparedFolder, type Edit, edited } from "./compared-manifests.ts";

// Whole commands are run, several in a test.
jest.setTimeout(60_000);

const { diff } = comparedFolder();

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
