import { lintText } from "./lint-text.ts";

/** Manifests as objects; JSON is YAML. */
const manifests = (...objects: object[]): string =>
  objects.map((object) => JSON.stringify(object)).join("\n---\n");

const service = (spec: object, metadata: object = {}): object => ({
  apiVersion: "v1",
  kind: "Service",
  metadata: { name: "web", ...metadata },
  spec: { selector: { app: "web" }, ports: [{ port: 80, targetPort: 8080 }], ...spec },
});

const container = (fields: object = {}): object => ({
  name: "web",
  image: "web",
  ports: [{ name: "http", containerPort: 8080 }],
  ...fields,
});

const workload = (
  kind: string,
  fields: object = {},
  podSpec: object = {},
  labels: object = { app: "web" },
): object => ({
  apiVersion: "apps/v1",
  kind,
  metadata: { name: "web" },
  spec: {
    selector: { matchLabels: labels },
    template: { metadata: { labels }, spec: { containers: [container()], ...podSpec } },
    ...fields,
  },
});

const deployment = (fields: object = {}, podSpec: object = {}): object =>
  workload("Deployment", { replicas: 3, ...fields }, podSpec);

const named = (object: object, name: string): object => ({
  ...object,
  metadata: { ...(object as { metadata: object }).metadata, name },
});

const other = (apiVersion: string, kind: string, fields: object): object => ({
  apiVersion,
  kind,
  metadata: { name: "web" },
  ...fields,
});

const policy = (spec: object): object => other("networking.k8s.io/v1", "NetworkPolicy", { spec });
const ingressTo = (backend: object): object =>
  other("networking.k8s.io/v1", "Ingress", { spec: { defaultBackend: { service: backend } } });
const external = { type: "NodePort", externalTrafficPolicy: "Local" };
const balancer = { type: "LoadBalancer", loadBalancerSourceRanges: ["198.51.100.0/24"] };

const codesOf = (text: string): string[] => lintText(text).findings.map((finding) => finding.code);

test.each<[string, string, string]>([
  [
    "selector-matches-nothing",
    "the labels are the workload's own, not its template's",
    manifests(service({}), {
      ...workload("Deployment", {}, {}, { app: "x" }),
      metadata: { name: "web", labels: { app: "web" } },
    }),
  ],
  [
    "selector-matches-nothing",
    "the pods are in another namespace",
    manifests(service({}, { namespace: "jobs" }), deployment()),
  ],
  [
    "pods-not-scheduled",
    "no node has the label",
    manifests(
      service({}),
      deployment({}, { nodeSelector: { role: "edge" } }),
      other("v1", "Node", { status: { addresses: [{ type: "InternalIP", address: "192.168.0.1" }] } }),
    ),
  ],
  [
    "selector-matches-several-workloads",
    "two workloads share the label",
    manifests(service({}), deployment(), named(deployment(), "web-canary")),
  ],
  [
    "named-port-missing",
    "the name is of a UDP port",
    manifests(
      service({ ports: [{ port: 80, targetPort: "http" }] }),
      deployment(
        {},
        { containers: [container({ ports: [{ name: "http", containerPort: 8080, protocol: "UDP" }] })] },
      ),
    ),
  ],
  [
    "target-port-undeclared",
    "the number is declared as UDP",
    manifests(
      service({}),
      deployment({}, { containers: [container({ ports: [{ containerPort: 8080, protocol: "UDP" }] })] }),
    ),
  ],
  [
    "external-local-black-hole",
    "two replicas on three nodes",
    manifests(service(external), deployment({ replicas: 2 })),
  ],
  [
    "external-local-black-hole",
    "an external IP is an external address too",
    manifests(
      service({ externalIPs: ["198.51.100.1"], externalTrafficPolicy: "Local" }),
      deployment({ replicas: 1 }),
    ),
  ],
  [
    "internal-local-black-hole",
    "one replica",
    manifests(service({ internalTrafficPolicy: "Local" }), deployment({ replicas: 1 })),
  ],
  [
    "local-fewer-replicas-than-nodes",
    "one replica",
    manifests(service({ internalTrafficPolicy: "Local" }), deployment({ replicas: 1 })),
  ],
  [
    "source-ranges-bypassed",
    "node ports are allocated by default",
    manifests(service(balancer), deployment()),
  ],
  ["source-ranges-shut-out-nodes", "the ranges are of an office", manifests(service(balancer), deployment())],
  [
    "affinity-behind-masquerade",
    "an external IP",
    manifests(service({ externalIPs: ["198.51.100.1"], sessionAffinity: "ClientIP" }), deployment()),
  ],
  [
    "same-port-two-protocols",
    "TCP by default beside UDP",
    manifests(
      service({
        ports: [
          { name: "a", port: 80 },
          { name: "b", port: 80, protocol: "UDP" },
        ],
      }),
      deployment(),
    ),
  ],
  [
    "host-network-port-clash",
    "more replicas than nodes, all on the host network",
    manifests(service({}), deployment({ replicas: 4 }, { hostNetwork: true })),
  ],
  [
    "publish-not-ready-rolling-update",
    "a StatefulSet rolls too",
    manifests(service({ publishNotReadyAddresses: true }), workload("StatefulSet", { serviceName: "web" })),
  ],
  [
    "probe-port-missing",
    "a liveness probe of gRPC's neighbour",
    manifests(
      deployment({}, { containers: [container({ livenessProbe: { tcpSocket: { port: "htpp" } } })] }),
    ),
  ],
  [
    "ingress-port-missing",
    "the container's port",
    manifests(service({}), deployment(), ingressTo({ name: "web", port: { number: 8080 } })),
  ],
  [
    "ingress-service-missing",
    "the Service is in another namespace",
    manifests(service({}, { namespace: "jobs" }), ingressTo({ name: "web", port: { number: 80 } })),
  ],
  [
    "network-policy-service-port",
    "egress to the Service's port",
    manifests(
      service({}),
      deployment(),
      policy({
        podSelector: {},
        egress: [{ to: [{ podSelector: { matchLabels: { app: "web" } } }], ports: [{ port: 80 }] }],
      }),
    ),
  ],
  [
    "webhook-service-missing",
    "443 is the default, and the Service has 80",
    manifests(
      service({}),
      deployment(),
      other("admissionregistration.k8s.io/v1", "MutatingWebhookConfiguration", {
        webhooks: [{ name: "a.b.c", clientConfig: { service: { namespace: "default", name: "web" } } }],
      }),
    ),
  ],
])("%s: %s", (code, _, text) => {
  expect(codesOf(text)).toContain(code);
});

test.each<[string, string, string]>([
  [
    "selector-matches-nothing",
    "EndpointSlices of the input say what the endpoints are",
    manifests(
      service({}),
      other("discovery.k8s.io/v1", "EndpointSlice", {
        metadata: { name: "web-1", labels: { "kubernetes.io/service-name": "web" } },
        addressType: "IPv4",
        ports: [{ name: "", port: 8080, protocol: "TCP" }],
        endpoints: [{ addresses: ["192.0.2.1"] }],
      }),
    ),
  ],
  [
    "selector-matches-nothing",
    "an operator's object makes the pods",
    manifests(service({ selector: { "db/name": "main" } }), {
      ...other("db.example.com/v1", "Database", { spec: {} }),
      metadata: { name: "main" },
    }),
  ],
  [
    "no-endpoints-stated",
    "Endpoints are stated",
    manifests(
      service({ selector: undefined }),
      other("v1", "Endpoints", { subsets: [{ addresses: [{ ip: "192.0.2.1" }], ports: [{ port: 8080 }] }] }),
    ),
  ],
  [
    "no-endpoints-stated",
    "an ExternalName needs none",
    manifests(
      service({ selector: undefined, ports: undefined, type: "ExternalName", externalName: "a.example.net" }),
    ),
  ],
  [
    "selector-matches-several-workloads",
    "a Deployment and its ReplicaSet are one",
    manifests(service({}), deployment(), {
      ...named(workload("ReplicaSet", { replicas: 3 }), "web-1"),
      metadata: {
        name: "web-1",
        ownerReferences: [
          { apiVersion: "apps/v1", kind: "Deployment", name: "web", controller: true, uid: "1" },
        ],
      },
    }),
  ],
  [
    "target-port-undeclared",
    "headless: clients choose the port",
    manifests(service({ clusterIP: "None" }), deployment({}, { containers: [container({ ports: [] })] })),
  ],
  [
    "external-local-black-hole",
    "a DaemonSet is on every node",
    manifests(service(external), workload("DaemonSet")),
  ],
  [
    "local-fewer-replicas-than-nodes",
    "a DaemonSet is on every node",
    manifests(service(external), workload("DaemonSet")),
  ],
  [
    "external-local-black-hole",
    "a cluster IP only: the policy has no effect",
    manifests(service({}), deployment({ replicas: 1 })),
  ],
  [
    "internal-local-black-hole",
    "headless",
    manifests(service({ clusterIP: "None", internalTrafficPolicy: "Local" }), deployment({ replicas: 1 })),
  ],
  [
    "source-ranges-bypassed",
    "all addresses are allowed",
    manifests(service({ type: "LoadBalancer", loadBalancerSourceRanges: ["0.0.0.0/0"] }), deployment()),
  ],
  [
    "source-ranges-shut-out-nodes",
    "the load balancer is a name: kube-proxy guards nothing",
    manifests(
      { ...service(balancer), status: { loadBalancer: { ingress: [{ hostname: "lb.example.net" }] } } },
      deployment(),
    ),
  ],
  [
    "affinity-behind-masquerade",
    "Local keeps the client's address",
    manifests(service({ ...external, sessionAffinity: "ClientIP" }), deployment()),
  ],
  [
    "same-port-two-protocols",
    "one protocol on two ports",
    manifests(
      service({
        ports: [
          { name: "a", port: 80 },
          { name: "b", port: 81 },
        ],
      }),
      deployment(),
    ),
  ],
  [
    "host-network-port-clash",
    "as many replicas as nodes",
    manifests(service({}), deployment({ replicas: 3 }, { hostNetwork: true })),
  ],
  [
    "host-network-port-clash",
    "pods with addresses of their own",
    manifests(service({}), deployment({ replicas: 6 })),
  ],
  [
    "publish-not-ready-rolling-update",
    "Recreate stops the old pods first",
    manifests(service({ publishNotReadyAddresses: true }), deployment({ strategy: { type: "Recreate" } })),
  ],
  [
    "probe-port-differs",
    "the probe's name is of the target port",
    manifests(
      service({}),
      deployment({}, { containers: [container({ readinessProbe: { httpGet: { port: "http" } } })] }),
    ),
  ],
  [
    "probe-port-differs",
    "a sidecar that no Service sends to",
    manifests(
      service({}),
      deployment(
        {},
        {
          containers: [
            container(),
            {
              ...container({ ports: [{ containerPort: 9000 }] }),
              name: "side",
              readinessProbe: { tcpSocket: { port: 9000 } },
            },
          ],
        },
      ),
    ),
  ],
  [
    "probe-port-differs",
    "a liveness probe decides nothing about endpoints",
    manifests(
      service({}),
      deployment({}, { containers: [container({ livenessProbe: { tcpSocket: { port: 9000 } } })] }),
    ),
  ],
  [
    "ingress-port-missing",
    "an ExternalName has no ports to compare",
    manifests(
      service({ selector: undefined, ports: undefined, type: "ExternalName", externalName: "a.example.net" }),
      ingressTo({ name: "web", port: { number: 443 } }),
    ),
  ],
  [
    "ingress-service-missing",
    "an action of the AWS controller",
    manifests(ingressTo({ name: "ssl-redirect", port: { name: "use-annotation" } })),
  ],
  [
    "autoscaler-target-missing",
    "a kind that is not read",
    manifests(
      other("autoscaling/v2", "HorizontalPodAutoscaler", {
        spec: {
          maxReplicas: 3,
          scaleTargetRef: { apiVersion: "argoproj.io/v1alpha1", kind: "Rollout", name: "web" },
        },
      }),
    ),
  ],
  [
    "network-policy-service-port",
    "a range that holds the pods' port",
    manifests(
      service({}),
      deployment(),
      policy({ podSelector: {}, ingress: [{ ports: [{ port: 80, endPort: 9000 }] }] }),
    ),
  ],
  [
    "network-policy-service-port",
    "egress to addresses outside",
    manifests(service({}), deployment(), policy({ podSelector: {}, egress: [{ ports: [{ port: 80 }] }] })),
  ],
  [
    "network-policy-selects-nothing",
    "all pods of a namespace that has none",
    manifests(policy({ podSelector: {} })),
  ],
  ["stateful-set-service-missing", "no serviceName", manifests(workload("StatefulSet"))],
  [
    "address-claimed-twice",
    "one address, two protocols",
    manifests(
      service({ externalIPs: ["198.51.100.1"] }),
      named(
        service({ externalIPs: ["198.51.100.1"], ports: [{ port: 80, targetPort: 8080, protocol: "UDP" }] }),
        "udp",
      ),
      deployment(),
    ),
  ],
])("not %s: %s", (code, _, text) => {
  expect(codesOf(text)).not.toContain(code);
});

test("the hint for a wrong namespace says where the pods are", () => {
  const [found] = lintText(manifests(service({}, { namespace: "jobs" }), deployment())).findings;
  expect(found).toMatchObject({
    code: "selector-matches-nothing",
    hint: "Deployment web in namespace default has these labels, but a Service selects only in its own namespace",
  });
});

test("a canary is an info, a stranger with the label or a job a warning", () => {
  const several = (...objects: object[]) =>
    lintText(manifests(service({}), ...objects)).findings.find(
      (finding) => finding.code === "selector-matches-several-workloads",
    );
  const severityOf = (...objects: object[]) => several(...objects)?.severity;
  const stranger = named(
    deployment({}, { containers: [container({ ports: [{ containerPort: 5000 }] })] }),
    "worker",
  );
  expect(severityOf(deployment(), named(deployment(), "web-canary"))).toBe("info");
  expect(severityOf(deployment(), stranger)).toBe("warning");
  const job = {
    template: {
      metadata: { labels: { app: "web" } },
      spec: { containers: [container()], restartPolicy: "Never" },
    },
  };
  const migrate = named(other("batch/v1", "Job", { spec: job }), "migrate");
  const schedule = { schedule: "0 3 * * *", jobTemplate: { spec: job } };
  const nightly = named(other("batch/v1", "CronJob", { spec: schedule }), "nightly");
  expect(several(deployment(), migrate, nightly)).toMatchObject({
    severity: "warning",
    hint: "while the pods of Job migrate, CronJob nightly run, they get a share of the Service's packets",
  });
  expect(severityOf(migrate, nightly)).toBe("info");
});

test("where endpoints can't be known, that is said and nothing else", () => {
  const database = { ...other("db.example.com/v1", "Database", { spec: {} }), metadata: { name: "main" } };
  const findings = lintText(
    manifests(service({ selector: { "db/name": "main" }, internalTrafficPolicy: "Local" }), database),
  ).findings;
  expect(findings.map(({ code, severity }) => [code, severity])).toEqual([["endpoints-unknown", "info"]]);
});

test("a sessionAffinity behind a load balancer that is a proxy is a warning", () => {
  const proxied = {
    ...service({ type: "LoadBalancer", sessionAffinity: "ClientIP" }),
    status: { loadBalancer: { ingress: [{ hostname: "lb.example.net" }] } },
  };
  const found = lintText(manifests(proxied, deployment())).findings;
  expect(found).toMatchObject([{ code: "affinity-behind-masquerade", severity: "warning" }]);
});
