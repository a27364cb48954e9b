import type { ApiObject, JsonObject } from "../../../src/api-objects/json.ts";
import { printTables } from "../../../src/printers/kubectl/tables/print-tables.ts";

/** The cells of one object, as the API server's printers have them. */
function row(kind: string, object: JsonObject, wide = false): string[] {
  const whole: ApiObject = { apiVersion: "v1", kind, metadata: { name: "x" }, ...object };
  const printed = printTables(
    [{ kind, prefix: kind.toLowerCase(), namespaced: true, objects: [{ object: whole, simulated: [] }] }],
    {
      wide,
      namespaces: false,
      kindPrefix: false,
      headers: false,
      labels: false,
      labelColumns: [],
      source: false,
      now: Date.parse("2026-11-21T12:00:00Z"),
    },
  );
  return printed.trimEnd().split(/ {3,}/);
}

const running = { running: { startedAt: "2026-11-21T11:00:00Z" } };
const done = (exitCode: number, more: JsonObject = {}): JsonObject => ({ terminated: { exitCode, ...more } });
const waiting = (reason: string): JsonObject => ({ waiting: { reason } });

/** A pod with containers (and init containers) in these states. */
function pod(
  states: readonly JsonObject[],
  { init = [], status = {}, spec = {}, metadata = {} }: PodParts = {},
): JsonObject {
  const status_ = (state: JsonObject, i: number): JsonObject => ({
    name: `c${i}`,
    ready: state["running"] !== undefined && state["unready"] !== true,
    restartCount: 0,
    ...state,
    state,
  });
  return {
    metadata: { name: "x", ...metadata },
    spec: {
      containers: states.map((_, i) => ({ name: `c${i}` })),
      initContainers: init.map((state, i) => ({
        name: `c${i}`,
        ...(state["sidecar"] === true ? { restartPolicy: "Always" } : {}),
      })),
      ...spec,
    },
    status: {
      phase: "Running",
      containerStatuses: states.map(status_),
      initContainerStatuses: init.map(status_),
      ...status,
    },
  };
}

interface PodParts {
  readonly init?: readonly JsonObject[];
  readonly status?: JsonObject;
  readonly spec?: JsonObject;
  readonly metadata?: JsonObject;
}

const pending = { status: { phase: "Pending" } };
const ready = { conditions: [{ type: "Ready", status: "True" }] };
const initialized = { conditions: [{ type: "Initialized", status: "True" }] };
const deleted = { metadata: { deletionTimestamp: "2026-11-21T11:59:00Z" } };

test.each<[string, JsonObject, string]>([
  ["running", pod([running, running]), "2/2 Running 0"],
  ["not ready", pod([running, { ...running, unready: true }]), "1/2 Running 0"],
  ["waiting for a node", { spec: { containers: [{}] }, status: { phase: "Pending" } }, "0/1 Pending 0"],
  ["starting", pod([waiting("ContainerCreating")], pending), "0/1 ContainerCreating 0"],
  ["no image", pod([waiting("ImagePullBackOff"), running], pending), "1/2 ImagePullBackOff 0"],
  [
    "crashing, with restarts",
    pod([{ ...waiting("CrashLoopBackOff"), restartCount: 4 }]),
    "0/1 CrashLoopBackOff 4",
  ],
  [
    "restarts and when the last one was",
    pod([
      { ...running, restartCount: 2, lastState: done(1, { finishedAt: "2026-11-21T11:58:30Z" }) },
      { ...running, restartCount: 1, lastState: done(1, { finishedAt: "2026-11-21T11:50:00Z" }) },
    ]),
    "2/2 Running 3 (90s ago)",
  ],
  [
    "completed",
    pod([done(0, { reason: "Completed" })], { status: { phase: "Succeeded" } }),
    "0/1 Completed 0",
  ],
  [
    "failed with a reason",
    pod([done(1, { reason: "Error" })], { status: { phase: "Failed" } }),
    "0/1 Error 0",
  ],
  ["failed without", pod([done(3)], { status: { phase: "Failed" } }), "0/1 ExitCode:3 0"],
  ["killed", pod([done(137, { signal: 9 })]), "0/1 Signal:9 0"],
  ["out of memory", pod([done(137, { reason: "OOMKilled" })]), "0/1 OOMKilled 0"],
  [
    "one done, one running and ready",
    pod([done(0, { reason: "Completed" }), running], { status: ready }),
    "1/2 Running 0",
  ],
  ["one done, one running, not ready", pod([done(0, { reason: "Completed" }), running]), "1/2 NotReady 0"],
  [
    "one done, one failed",
    pod([done(0, { reason: "Completed" }), done(1, { reason: "Error" })], { status: { phase: "Failed" } }),
    "0/2 Error 0",
  ],
  [
    "evicted",
    { spec: { containers: [{}] }, status: { phase: "Failed", reason: "Evicted" } },
    "0/1 Evicted 0",
  ],
  ["terminating", pod([running], deleted), "1/1 Terminating 0"],
  [
    "done, and to be deleted",
    pod([done(0, { reason: "Completed" })], { ...deleted, status: { phase: "Succeeded" } }),
    "0/1 Completed 0",
  ],
  ["node lost", pod([running], { ...deleted, status: { reason: "NodeLost" } }), "1/1 Unknown 0"],
  [
    "init containers to come",
    pod([waiting("PodInitializing")], { ...pending, init: [waiting("PodInitializing"), {}] }),
    "0/1 Init:0/2 0",
  ],
  [
    "the second init container runs",
    pod([waiting("PodInitializing")], { ...pending, init: [done(0), running] }),
    "0/1 Init:1/2 0",
  ],
  [
    "an init container fails",
    pod([waiting("PodInitializing")], { ...pending, init: [done(1, { reason: "Error" })] }),
    "0/1 Init:Error 0",
  ],
  [
    "an init container crashes",
    pod([waiting("PodInitializing")], {
      ...pending,
      init: [{ ...waiting("CrashLoopBackOff"), restartCount: 3 }],
    }),
    "0/1 Init:CrashLoopBackOff 3",
  ],
  [
    "an init container exits",
    pod([waiting("PodInitializing")], { ...pending, init: [done(2)] }),
    "0/1 Init:ExitCode:2 0",
  ],
  [
    "init containers are done",
    pod([running], { init: [{ ...done(0), restartCount: 2 }], status: initialized }),
    "1/1 Running 0",
  ],
  [
    "a sidecar counts",
    pod([running], { init: [{ ...running, sidecar: true, started: true, restartCount: 1 }] }),
    "2/2 Running 1",
  ],
  [
    "a sidecar that has not started",
    pod([waiting("PodInitializing")], { ...pending, init: [{ ...running, sidecar: true, unready: true }] }),
    "0/2 Init:0/1 0",
  ],
  [
    "gated",
    {
      spec: { containers: [{}] },
      status: {
        phase: "Pending",
        conditions: [{ type: "PodScheduled", status: "False", reason: "SchedulingGated" }],
      },
    },
    "0/1 SchedulingGated 0",
  ],
])("a pod that is %s", (_, object, expected) => {
  expect(row("Pod", object).slice(1, 4).join(" ")).toBe(expected);
});

const wide = (object: JsonObject): string => row("Pod", object, true).slice(5).join(" ");
test("wide pods: address, nodes, gates", () => {
  expect(
    wide(
      pod([running], {
        status: { podIPs: [{ ip: "10.0.0.1" }, { ip: "fd00::1" }] },
        spec: { nodeName: "n" },
      }),
    ),
  ).toBe("10.0.0.1 n <none> <none>");
  expect(
    wide(
      pod([], {
        status: { nominatedNodeName: "m", conditions: [{ type: "g", status: "True" }] },
        spec: { readinessGates: [{ conditionType: "g" }, { conditionType: "h" }] },
      }),
    ),
  ).toBe("<none> <none> m 1/2");
});

test.each<[string, JsonObject, string]>([
  [
    "ready, with roles",
    {
      metadata: {
        name: "x",
        labels: {
          "node-role.kubernetes.io/worker": "",
          "node-role.kubernetes.io/control-plane": "",
          "kubernetes.io/role": "edge",
        },
      },
      status: { conditions: [{ type: "Ready", status: "True" }] },
    },
    "Ready control-plane,edge,worker",
  ],
  ["not ready", { status: { conditions: [{ type: "Ready", status: "False" }] } }, "NotReady <none>"],
  ["unheard of", { status: { conditions: [{ type: "Ready", status: "Unknown" }] } }, "NotReady <none>"],
  ["unknown, cordoned", { spec: { unschedulable: true }, status: {} }, "Unknown,SchedulingDisabled <none>"],
])("a node that is %s", (_, object, expected) => {
  expect(row("Node", object).slice(1, 3).join(" ")).toBe(expected);
});

test("a node's kernel has its architecture behind it", () => {
  const nodeInfo = {
    kubeletVersion: "v1.37.0",
    kernelVersion: "6.8.0",
    architecture: "arm64",
    osImage: "Debian GNU/Linux 12",
    containerRuntimeVersion: "containerd://2.0.0",
  };
  const addresses = [
    { type: "Hostname", address: "x" },
    { type: "InternalIP", address: "10.0.0.1" },
    { type: "InternalIP", address: "fd00::1" },
  ];
  expect(row("Node", { status: { nodeInfo, addresses } }, true).slice(4)).toEqual([
    "v1.37.0",
    "10.0.0.1",
    "<none>",
    "Debian GNU/Linux 12",
    "6.8.0 (arm64)",
    "containerd://2.0.0",
  ]);
});

const balanced = (ingress: JsonObject[], spec: JsonObject = {}): JsonObject => ({
  spec: { type: "LoadBalancer", clusterIPs: ["10.0.0.1"], ports: [{ port: 80, protocol: "TCP" }], ...spec },
  status: { loadBalancer: { ingress } },
});

test.each<[string, JsonObject, string]>([
  ["pending", balanced([]), "LoadBalancer 10.0.0.1 <pending> 80/TCP"],
  [
    "addresses sorted, each once, host names beside",
    balanced([
      { hostname: "lb.example.net" },
      { ip: "203.0.113.9" },
      { ip: "203.0.113.10", hostname: "x" },
      { ip: "203.0.113.9" },
    ]),
    "LoadBalancer 10.0.0.1 203.0.113.10,203.0.113.9,lb.example.net 80/TCP",
  ],
  [
    "external addresses behind",
    balanced([{ ip: "203.0.113.9" }], { externalIPs: ["198.51.100.1"] }),
    "LoadBalancer 10.0.0.1 203.0.113.9,198.51.100.1 80/TCP",
  ],
  [
    "external addresses, pending",
    balanced([], { externalIPs: ["198.51.100.1"] }),
    "LoadBalancer 10.0.0.1 198.51.100.1 80/TCP",
  ],
  [
    "headless without ports",
    { spec: { type: "ClusterIP", clusterIPs: ["None"] } },
    "ClusterIP None <none> <none>",
  ],
  [
    "of a name",
    { spec: { type: "ExternalName", externalName: "db.example.net" } },
    "ExternalName <none> db.example.net <none>",
  ],
  [
    "of several protocols",
    {
      spec: {
        type: "NodePort",
        clusterIPs: ["fd00::1"],
        ports: [
          { port: 53, nodePort: 30053, protocol: "UDP" },
          { port: 53, nodePort: 30053, protocol: "TCP" },
          { port: 9, protocol: "SCTP" },
        ],
      },
    },
    "NodePort fd00::1 <none> 53:30053/UDP,53:30053/TCP,9/SCTP",
  ],
])("a Service: %s", (_, object, expected) => {
  expect(row("Service", object).slice(1, 5).join(" ")).toBe(expected);
});

const resource = (name: string, target: JsonObject): JsonObject => ({
  type: "Resource",
  resource: { name, target },
});
test.each<[string, JsonObject, string]>([
  ["nothing stated", {}, "cpu: <unknown>/80% 1 5 0"],
  ["v1", { targetCPUUtilizationPercentage: 50, minReplicas: 2 }, "cpu: <unknown>/50% 2 5 0"],
  [
    "two metrics",
    { metrics: [resource("cpu", { averageUtilization: 60 }), resource("memory", { averageValue: "500Mi" })] },
    "cpu: <unknown>/60%, memory: <unknown>/500Mi 1 5 0",
  ],
  [
    "of other kinds, and more than two",
    {
      metrics: [
        { type: "Pods", pods: { metric: { name: "rps" }, target: { averageValue: "1k" } } },
        { type: "Object", object: { metric: { name: "q" }, target: { value: "10" } } },
        { type: "External", external: { target: { averageValue: "3" } } },
      ],
    },
    "<unknown>/1k, <unknown>/10 + 1 more... 1 5 0",
  ],
])("an autoscaler: %s", (_, spec, expected) => {
  const scaleTargetRef = { kind: "Deployment", name: "web" };
  expect(
    row("HorizontalPodAutoscaler", { spec: { scaleTargetRef, maxReplicas: 5, ...spec } })
      .slice(2, 6)
      .join(" "),
  ).toBe(expected);
});

test("an autoscaler that was measured", () => {
  const object = {
    spec: {
      scaleTargetRef: { kind: "Deployment", name: "web" },
      maxReplicas: 5,
      metrics: [resource("cpu", { averageUtilization: 60 })],
    },
    status: {
      currentReplicas: 3,
      currentMetrics: [{ type: "Resource", resource: { name: "cpu", current: { averageUtilization: 12 } } }],
    },
  };
  expect(row("HorizontalPodAutoscaler", object).slice(1, 6).join(" ")).toBe(
    "Deployment/web cpu: 12%/60% 1 5 3",
  );
});

test.each<[string, JsonObject, string]>([
  ["no completions", { spec: { parallelism: 1 } }, "Running 0/1"],
  ["parallel", { spec: { parallelism: 3 }, status: { succeeded: 1 } }, "Running 1/1 of 3"],
  [
    "complete",
    {
      spec: { completions: 2 },
      status: {
        succeeded: 2,
        startTime: "2026-11-21T11:00:00Z",
        completionTime: "2026-11-21T11:01:05Z",
        conditions: [
          { type: "SuccessCriteriaMet", status: "True" },
          { type: "Complete", status: "True" },
        ],
      },
    },
    "Complete 2/2 65s",
  ],
  [
    "failed",
    { spec: { completions: 1 }, status: { conditions: [{ type: "Failed", status: "True" }] } },
    "Failed 0/1",
  ],
  [
    "suspended",
    { spec: { completions: 1 }, status: { conditions: [{ type: "Suspended", status: "True" }] } },
    "Suspended 0/1",
  ],
])("a Job: %s", (_, object, expected) => {
  expect(row("Job", object).slice(1).join(" ").replace(" <unknown>", "")).toBe(expected);
});

test.each<[string, string, JsonObject, string]>([
  [
    "Ingress",
    "four hosts",
    { spec: { rules: [{ host: "a" }, { host: "b" }, { host: "c" }, {}] } },
    "<none> a,b,c + 1 more...",
  ],
  ["Ingress", "no host", { spec: { ingressClassName: "nginx", rules: [{}] } }, "nginx *"],
  [
    "IngressClass",
    "with parameters",
    {
      metadata: { name: "x", annotations: { "ingressclass.kubernetes.io/is-default-class": "true" } },
      spec: { controller: "k8s.io/nginx", parameters: { apiGroup: "k8s.example.net", kind: "P", name: "p" } },
    },
    "k8s.io/nginx P.k8s.example.net/p",
  ],
  ["NetworkPolicy", "of all pods", { spec: { podSelector: {} } }, "<none> <unknown>"],
  [
    "NetworkPolicy",
    "of some",
    {
      spec: {
        podSelector: {
          matchLabels: { b: "1" },
          matchExpressions: [
            { key: "a", operator: "NotIn", values: ["z", "y"] },
            { key: "c", operator: "Exists" },
            { key: "d", operator: "DoesNotExist" },
          ],
        },
      },
    },
    "a notin (y,z),b=1,c,!d <unknown>",
  ],
])("%s: %s", (kind, _, object, expected) => {
  expect(row(kind, object).slice(1, 3).join(" ")).toBe(expected);
});

test("the default IngressClass is marked", () => {
  const annotations = { "ingressclass.kubernetes.io/is-default-class": "true" };
  expect(row("IngressClass", { metadata: { name: "x", annotations }, spec: { controller: "c" } })[0]).toBe(
    "x (default)",
  );
});
