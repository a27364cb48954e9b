import fc from "fast-check";
import { knownReleases, traitsOf } from "../../src/kube-proxy/versions.ts";
import type { Chain, Rule, Ruleset, Table } from "../../src/netfilter/ruleset.ts";
import { rulesOf, saveOf } from "./render-texts.ts";

/** Random Services with every feature that reaches rules, as YAML documents of their own. */
interface RandomService {
  readonly name: string;
  readonly yaml: string;
}

const policies = ["Cluster", "Local"] as const;

const endpointState = fc.record({
  ready: fc.boolean(),
  terminating: fc.boolean(),
  node: fc.constantFrom("minikube", "minikube-m02", "minikube-m03"),
});

const serviceShape = fc.record({
  type: fc.constantFrom("ClusterIP", "NodePort", "LoadBalancer"),
  internal: fc.constantFrom(...policies),
  external: fc.constantFrom(...policies),
  affinity: fc.boolean(),
  protocols: fc.subarray(["TCP", "UDP", "SCTP"], { minLength: 1 }),
  named: fc.boolean(),
  externalIps: fc.boolean(),
  vips: fc.integer({ min: 0, max: 2 }),
  ranges: fc.subarray(["192.0.2.0/24", "192.168.0.0/16", "0.0.0.0/0", "198.51.100.7/32"]),
  endpoints: fc.array(endpointState, { maxLength: 12 }),
});

type Shape = typeof serviceShape extends fc.Arbitrary<infer T> ? T : never;

function randomService(shape: Shape, index: number): RandomService {
  const name = `svc-${index}`;
  const external = shape.type !== "ClusterIP";
  const ports = shape.protocols.map((protocol, at) => {
    const portName = shape.named || shape.protocols.length > 1 ? `name: p${at}, ` : "";
    const nodePort = external ? `, nodePort: ${30000 + index * 10 + at}` : "";
    return `{${portName}protocol: ${protocol}, port: ${80 + at}, targetPort: 8080${nodePort}}`;
  });
  const vips = Array.from({ length: shape.vips }, (_, at) => `{ip: 203.0.113.${index * 2 + at}}`);
  const lines = [
    `clusterIP: 10.96.1.${index}, type: ${shape.type}, internalTrafficPolicy: ${shape.internal}`,
    ...(external ? [`externalTrafficPolicy: ${shape.external}`] : []),
    ...(shape.affinity ? ["sessionAffinity: ClientIP"] : []),
    ...(shape.externalIps ? [`externalIPs: [198.51.100.${index}]`] : []),
    ...(shape.type === "LoadBalancer" && shape.ranges.length > 0
      ? [`loadBalancerSourceRanges: [${shape.ranges.join(", ")}]`]
      : []),
    ...(shape.type === "LoadBalancer" && shape.external === "Local"
      ? [`healthCheckNodePort: ${31000 + index}`]
      : []),
    `ports: [${ports.join(", ")}]`,
  ];
  const endpoints = shape.endpoints.map(
    ({ ready, terminating, node }, at) =>
      `{addresses: [10.244.${index}.${at + 1}], nodeName: ${node}, conditions: {ready: ${ready && !terminating}, serving: ${ready}, terminating: ${terminating}}}`,
  );
  const slicePorts = shape.protocols.map((protocol, at) => {
    const portName = shape.named || shape.protocols.length > 1 ? `name: p${at}, ` : 'name: "", ';
    return `{${portName}protocol: ${protocol}, port: 8080}`;
  });
  const status =
    shape.type === "LoadBalancer" ? `\nstatus: {loadBalancer: {ingress: [${vips.join(", ")}]}}` : "";
  return {
    name,
    yaml: `apiVersion: v1
kind: Service
metadata: {name: ${name}}
spec: {${lines.join(", ")}}${status}
---
apiVersion: discovery.k8s.io/v1
kind: EndpointSlice
metadata: {name: ${name}-x, labels: {kubernetes.io/service-name: ${name}, endpointslice.kubernetes.io/managed-by: endpointslice-controller.k8s.io}}
addressType: IPv4
ports: [${slicePorts.join(", ")}]
endpoints: [${endpoints.join(", ")}]
`,
  };
}

const services = fc
  .array(serviceShape, { minLength: 1, maxLength: 6 })
  .map((shapes) => shapes.map((shape, index) => randomService(shape, index)));
const release = fc.constantFrom(...knownReleases.map((known) => known.release));
const texts = (list: readonly RandomService[]): string[] => list.map(({ yaml }) => yaml);

function eachRule(ruleset: Ruleset, visit: (rule: Rule, chain: Chain, table: Table) => void): void {
  for (const table of ruleset.tables) {
    for (const chain of table.chains) for (const rule of chain.rules) visit(rule, chain, table);
  }
}

const runs = { numRuns: 80 };

test("every jump's target exists and no name is longer than 28 characters", () => {
  fc.assert(
    fc.property(services, release, (list, version) => {
      const ruleset = rulesOf(texts(list), { config: { release: version } });
      eachRule(ruleset, ({ target }, _, table) => {
        if (target?.kind !== "jump") return;
        expect(table.chains.map(({ name }) => name)).toContain(target.chain);
      });
      for (const { chains } of ruleset.tables) {
        for (const { name } of chains) expect(name.length).toBeLessThanOrEqual(28);
        const names = chains.filter(({ policy }) => policy === undefined).map(({ name }) => name);
        expect(names).toEqual([...new Set(names)].sort());
      }
    }),
    runs,
  );
});

test("probabilities of a chain multiply out to 1/n for each of its n endpoints", () => {
  fc.assert(
    fc.property(services, release, (list, version) => {
      const tolerance = traitsOf(version).probabilityDigits === 5 ? 1e-4 : 1e-8;
      const ruleset = rulesOf(texts(list), { config: { release: version } });
      for (const chain of ruleset.tables.flatMap(({ chains }) => chains)) {
        if (!/^KUBE-(SVC|SVL|XLB)-/.test(chain.name)) continue;
        const shares = sharesOf(chain);
        for (const share of shares) expect(Math.abs(share - 1 / shares.length)).toBeLessThan(tolerance);
      }
    }),
    runs,
  );
});

/** How much of the traffic each balancing rule of a chain takes. */
function sharesOf({ rules }: Chain): number[] {
  let left = 1;
  const shares: number[] = [];
  for (const { target, matches } of rules) {
    if (target?.kind !== "jump" || !target.chain.startsWith("KUBE-SEP-")) continue;
    if (matches.some(({ kind }) => kind === "recent")) continue;
    const random = matches.find(({ kind }) => kind === "statistic-random");
    const probability = random?.kind === "statistic-random" ? random.threshold / 2 ** 31 : 1;
    shares.push(left * probability);
    left *= 1 - probability;
  }
  return shares;
}

test("the same input gives the same bytes; files in another order give the same blocks", () => {
  fc.assert(
    fc.property(services, release, fc.integer(), (list, version, seed) => {
      const options = { config: { release: version } };
      const save = saveOf(texts(list), options);
      expect(saveOf(texts(list), options)).toBe(save);
      const rotated = [
        ...list.slice(Math.abs(seed) % list.length),
        ...list.slice(0, Math.abs(seed) % list.length),
      ];
      // Services stand in the order of the manifests, which a reader of folders sorts by name.
      expect(saveOf(texts(rotated), options).split("\n").sort()).toEqual(save.split("\n").sort());
    }),
    { numRuns: 60 },
  );
});

test("removing one Service removes its own rules and no other", () => {
  fc.assert(
    fc.property(services, release, (list, version) => {
      const options = { config: { release: version } };
      const [first, ...others] = list;
      const before = saveOf(texts(list), options).split("\n");
      const after = saveOf(texts(others), options).split("\n");
      const kept = before.filter((line) => after.includes(line));
      expect(after.filter((line) => !before.includes(line))).toEqual([]);
      expect(kept).toEqual(after);
      const own = chainsOf(first!, options);
      for (const line of before.filter((one) => !after.includes(one) && one.startsWith("-A"))) {
        const mentions =
          line.includes(`default/${first!.name}:`) ||
          line.includes(`default/${first!.name} `) ||
          line.includes(`default/${first!.name}"`) ||
          own.some((chain) => line.includes(chain));
        expect([line, mentions]).toEqual([line, true]);
      }
    }),
    { numRuns: 60 },
  );
});

/** The chains that a Service alone has. */
function chainsOf(
  service: RandomService,
  options: { readonly config: { readonly release: string } },
): string[] {
  const nat = rulesOf(service.yaml, options).tables.find(({ name }) => name === "nat")!;
  return nat.chains.map(({ name }) => name).filter((name) => /-[A-Z2-7]{16}$/.test(name));
}

test("every rule says why it is there", () => {
  fc.assert(
    fc.property(services, release, (list, version) => {
      eachRule(rulesOf(texts(list), { config: { release: version } }), ({ origin }, chain) => {
        expect(origin?.reason).toMatch(/^\S.*\.$/);
        if (/-[A-Z2-7]{16}$/.test(chain.name)) expect(origin?.service).toMatch(/^[a-z-]+\/[a-z0-9-]+$/);
        origin?.range?.();
      });
    }),
    { numRuns: 40 },
  );
});
