import type { Diagnostic } from "../../src/diagnostics/diagnostic.ts";
import { describePosition } from "../../src/diagnostics/source.ts";
import { decideKubeProxyConfig, type KubeProxyOptions } from "../../src/kube-proxy/decide-config.ts";
import { build } from "../cluster/build.ts";

const header = "apiVersion: kubeproxy.config.k8s.io/v1alpha1\nkind: KubeProxyConfiguration\n";
const { cluster: empty } = build("");

function decide(body: string, options: KubeProxyOptions = {}): ReturnType<typeof decideKubeProxyConfig> {
  return decideKubeProxyConfig(empty, {
    ...options,
    configFile: { name: "proxy.yaml", text: header + body },
  });
}

const codes = (diagnostics: readonly Diagnostic[]): string[] => diagnostics.map(({ code }) => code);

test("without a configuration kube-proxy is as kubeadm makes it", () => {
  const { config, diagnostics } = decideKubeProxyConfig(empty);
  expect(diagnostics).toEqual([]);
  expect(config).toEqual({
    release: "1.37",
    family: 4,
    nfacct: true,
    localDetector: { kind: "cluster-cidr", cidrs: ["10.244.0.0/16"] },
    masqueradeAll: false,
    masqueradeBit: 14,
    localhostNodePorts: true,
    nodePortAddresses: [],
    tcpBeLiberal: false,
  });
});

test.each([
  ["clusterCIDR: 10.1.0.0/16", { localDetector: { kind: "cluster-cidr", cidrs: ["10.1.0.0/16"] } }],
  [
    "clusterCIDR: 10.1.0.0/16,fd00::/56",
    { localDetector: { kind: "cluster-cidr", cidrs: ["10.1.0.0/16", "fd00::/56"] } },
  ],
  ['clusterCIDR: ""', { localDetector: { kind: "none" } }],
  ["mode: iptables", { localDetector: { kind: "none" } }],
  ["detectLocalMode: NodeCIDR", { localDetector: { kind: "node-cidr" } }],
  [
    "detectLocalMode: BridgeInterface\ndetectLocal: {bridgeInterface: cni0}",
    { localDetector: { kind: "bridge-interface", name: "cni0" } },
  ],
  [
    "detectLocalMode: InterfaceNamePrefix\ndetectLocal: {interfaceNamePrefix: veth}",
    { localDetector: { kind: "interface-name-prefix", prefix: "veth" } },
  ],
  ["iptables: {masqueradeAll: true}", { masqueradeAll: true }],
  ["iptables: {masqueradeBit: 20}", { masqueradeBit: 20 }],
  ["iptables: {localhostNodePorts: false}", { localhostNodePorts: false }],
  ["nodePortAddresses: [primary]", { nodePortAddresses: ["primary"] }],
  ["nodePortAddresses: [10.0.0.0/8, 127.0.0.0/8]", { nodePortAddresses: ["10.0.0.0/8", "127.0.0.0/8"] }],
  ["nodePortAddresses: null", { nodePortAddresses: [] }],
  ["conntrack: {tcpBeLiberal: true}", { tcpBeLiberal: true }],
  ["bindAddress: 10.0.0.9", { bindAddress: "10.0.0.9" }],
])("%s", (body, expected) => {
  const { config, diagnostics } = decide(body);
  expect(diagnostics).toEqual([]);
  expect(config).toMatchObject(expected);
});

test.each([
  ["detectLocalMode: Magic", "proxy.yaml:3:18"],
  ["clusterCIDR: 10.0.0.0", "proxy.yaml:3:14"],
  ["clusterCIDR: 7", "proxy.yaml:3:14"],
  ["iptables:\n  masqueradeBit: 32", "proxy.yaml:4:18"],
  ["iptables:\n  masqueradeAll: maybe", "proxy.yaml:4:18"],
  ["nodePortAddresses: 10.0.0.0/8", "proxy.yaml:3:20"],
  ["nodePortAddresses: [secondary]", "proxy.yaml:3:1"],
])("%j is refused at its place", (body, place) => {
  const { diagnostics } = decide(body);
  expect(codes(diagnostics)).toEqual(["kube-proxy-config-invalid"]);
  expect(diagnostics[0]!.severity).toBe("error");
  expect(describePosition(diagnostics[0]!.range!)).toBe(place);
});

test.each(["nftables", "ipvs", "kernelspace"])("mode %s: not your cluster's rules", (mode) => {
  const { diagnostics } = decide(`mode: ${mode}`);
  expect(codes(diagnostics)).toEqual(["kube-proxy-mode"]);
  expect(diagnostics[0]).toMatchObject({ severity: "warning" });
});

test("a feature gate that changes rules is said not to be evaluated", () => {
  expect(codes(decide("featureGates: {TopologyAwareHints: false, Other: true}").diagnostics)).toEqual([
    "kube-proxy-feature-gate",
  ]);
});

test("a file without a configuration, and one that is no YAML", () => {
  const missing = decideKubeProxyConfig(empty, { configFile: { name: "x.yaml", text: "kind: Pod\n" } });
  expect(codes(missing.diagnostics)).toEqual(["kube-proxy-config-missing"]);
  const broken = decideKubeProxyConfig(empty, { configFile: { name: "x.yaml", text: "a: [1\nb: {" } });
  expect(codes(broken.diagnostics)).toEqual(["yaml-syntax"]);
});

test.each([
  ["1.27", "kube-proxy-release-nearest", "note", "1.28"],
  ["1.40", "kube-proxy-release-nearest", "note", "1.37"],
  ["1.13", "kube-proxy-release-unknown", "error", "1.37"],
])("release %s", (version, code, severity, release) => {
  const { config, diagnostics } = decideKubeProxyConfig(empty, { version });
  expect(diagnostics).toMatchObject([{ code, severity }]);
  expect(config.release).toBe(release);
});

const configMap = `apiVersion: v1
kind: ConfigMap
metadata: {name: kube-proxy, namespace: kube-system}
data:
  config.conf: |-
    ${header.replaceAll("\n", "\n    ")}clusterCIDR: 10.7.0.0/16
    mode: ipvs
  kubeconfig.conf: "kind: Config"
`;

test("the ConfigMap of kubeadm, among the manifests or as the file", () => {
  const expected = { localDetector: { kind: "cluster-cidr", cidrs: ["10.7.0.0/16"] } };
  const among = decideKubeProxyConfig(build(configMap).cluster);
  const asFile = decideKubeProxyConfig(empty, { configFile: { name: "cm.yaml", text: configMap } });
  for (const { config, diagnostics } of [among, asFile]) {
    expect(config).toMatchObject(expected);
    expect(codes(diagnostics)).toEqual(["kube-proxy-mode"]);
  }
});

test("a KubeProxyConfiguration among the manifests", () => {
  const { config } = decideKubeProxyConfig(build(`${header}iptables: {masqueradeAll: true}\n`).cluster);
  expect(config.masqueradeAll).toBe(true);
});

const daemonSet = (command: string): string => `apiVersion: apps/v1
kind: DaemonSet
metadata: {name: kube-proxy, namespace: kube-system}
spec:
  selector: {matchLabels: {k8s-app: kube-proxy}}
  template:
    metadata: {labels: {k8s-app: kube-proxy}}
    spec:
      containers:
      - name: kube-proxy
        image: registry.k8s.io/kube-proxy:v1.37.0
        command: ${command}
`;

test.each([
  [
    '["kube-proxy", "--cluster-cidr=10.2.0.0/16", "--masquerade-all", "--iptables-masquerade-bit=15"]',
    {
      localDetector: { kind: "cluster-cidr", cidrs: ["10.2.0.0/16"] },
      masqueradeAll: true,
      masqueradeBit: 15,
    },
  ],
  [
    '["/bin/sh", "-c", "kube-proxy --cluster-cidr 10.2.0.0/16 --nodeport-addresses=10.0.0.0/8,127.0.0.0/8"]',
    {
      localDetector: { kind: "cluster-cidr", cidrs: ["10.2.0.0/16"] },
      nodePortAddresses: ["10.0.0.0/8", "127.0.0.0/8"],
    },
  ],
  [
    '["kube-proxy", "--detect-local-mode=BridgeInterface", "--pod-bridge-interface=cbr0"]',
    { localDetector: { kind: "bridge-interface", name: "cbr0" } },
  ],
  ['["kube-proxy", "--iptables-localhost-nodeports=false", "--v=2"]', { localhostNodePorts: false }],
  [
    '["kube-proxy", "--config=/var/lib/kube-proxy/config.conf"]',
    { localDetector: { kind: "cluster-cidr", cidrs: ["10.244.0.0/16"] } },
  ],
])("flags of a DaemonSet: %s", (command, expected) => {
  expect(decideKubeProxyConfig(build(daemonSet(command)).cluster).config).toMatchObject(expected);
});

const cilium = `apiVersion: v1
kind: ConfigMap
metadata: {name: cilium-config, namespace: kube-system}
data: {kube-proxy-replacement: "REPLACES"}
`;

test.each([
  ["true", ["kube-proxy-replaced"]],
  ["strict", ["kube-proxy-replaced"]],
  ["false", []],
])("Cilium with kube-proxy-replacement %s", (value, expected) => {
  const { cluster } = build(cilium.replace("REPLACES", value));
  expect(codes(decideKubeProxyConfig(cluster).diagnostics)).toEqual(expected);
});

test.each([
  ["clusterCidr: 10.1.0.0/16", "clusterCidr", 'Did you mean "clusterCIDR"?'],
  ["iptables: {masqueradeall: true}", "iptables.masqueradeall", 'Did you mean "masqueradeAll"?'],
  ["detectLocal: {bridge: cni0}", "detectLocal.bridge", undefined],
])("%s is a field that kube-proxy leaves out: a warning at its place", (body, field, hint) => {
  const { diagnostics } = decide(body);
  expect(diagnostics).toEqual([
    expect.objectContaining({
      code: "kube-proxy-unknown-field",
      severity: "warning",
      message: `proxy.yaml: kube-proxy knows no field ${field} and leaves it out`,
      ...(hint === undefined ? {} : { hint }),
    }),
  ]);
  expect(describePosition(diagnostics[0]!.range!)).toMatch(/^proxy\.yaml:3:/);
});

test("what kubeadm writes has no unknown field", () => {
  const { diagnostics } = decide(`bindAddress: 0.0.0.0
bindAddressHardFail: false
clientConnection: {acceptContentTypes: "", burst: 0, contentType: "", kubeconfig: /var/lib/kube-proxy/kubeconfig.conf, qps: 0}
clusterCIDR: 10.244.0.0/16
configSyncPeriod: 0s
conntrack: {maxPerCore: null, min: null, tcpBeLiberal: false, tcpCloseWaitTimeout: null, tcpEstablishedTimeout: null}
detectLocal: {bridgeInterface: "", interfaceNamePrefix: ""}
detectLocalMode: ""
enableProfiling: false
healthzBindAddress: ""
hostnameOverride: ""
iptables: {localhostNodePorts: null, masqueradeAll: false, masqueradeBit: null, minSyncPeriod: 0s, syncPeriod: 0s}
ipvs: {excludeCIDRs: null, minSyncPeriod: 0s, scheduler: "", strictARP: false, syncPeriod: 0s}
logging: {flushFrequency: 0, options: {json: {infoBufferSize: "0"}, text: {infoBufferSize: "0"}}, verbosity: 0}
metricsBindAddress: ""
mode: ""
nftables: {masqueradeAll: false, masqueradeBit: null, minSyncPeriod: 0s, syncPeriod: 0s}
nodePortAddresses: null
oomScoreAdj: null
portRange: ""
showHiddenMetricsForVersion: ""
winkernel: {enableDSR: false, networkName: "", sourceVip: ""}
`);
  expect(diagnostics).toEqual([]);
});
