import { runK8snet } from "./run-k8snet.ts";

const manifests = `apiVersion: v1
kind: Pod
metadata: {name: web, labels: {app: web}}
spec: {nodeName: minikube, containers: [{name: c, image: registry.example/c:1, ports: [{containerPort: 8080}]}]}
status: {phase: Running, podIP: 10.244.0.20, podIPs: [{ip: 10.244.0.20}], conditions: [{type: Ready, status: "True"}]}
---
apiVersion: v1
kind: Service
metadata: {name: web}
spec:
  type: NodePort
  clusterIP: 10.96.0.50
  selector: {app: web}
  ports: [{name: http, port: 80, targetPort: 8080, nodePort: 30080}, {name: dns, port: 53, targetPort: 8080, protocol: UDP, nodePort: 30053}]
`;

const trace = (target: string, ...argv: string[]) =>
  runK8snet(["trace", target, "-f", "-", "--from", "node/minikube", ...argv], { stdin: manifests });

test.each([
  ["http://[::1", "malformed-target", "[::1]:80, the address in both"],
  ["fd00::1]:80", "malformed-target", "[fd00::1]:80, the address in both"],
  ["[fd00::1]80", "malformed-target", "[fd00::1]:80"],
  ["[web]:80", "malformed-target", "[fd00::1]:80"],
  ["[]:80", "malformed-target", "[fd00::1]:80"],
  ["fd00:::5", "malformed-target", "[fd00::1]:80"],
  ["[fd00::1]:", "malformed-target", "[fd00::1]:80"],
  ["[10.96.0.50:80", "malformed-target", "the address in both"],
  ["http://", "malformed-target", "ADDRESS:PORT, svc/NAME:PORT"],
  ["http:///path", "malformed-target", "ADDRESS:PORT, svc/NAME:PORT"],
  ["http://:80/", "malformed-target", "ADDRESS:PORT, svc/NAME:PORT"],
  ["http://a b/", "malformed-target", "ADDRESS:PORT, svc/NAME:PORT"],
  ["gopher2://web", "malformed-target", "gopher2://web:80, with the port"],
  ["web:", "malformed-target", "web:80"],
  ["svc/web:", "malformed-target", "svc/web:80"],
  ["web:0", "malformed-target", "web:80"],
  ["web:70000", "malformed-target", "web:80"],
  ["web:-1", "malformed-target", "web:80"],
  ["web:80:90", "malformed-target", "HOST:PORT"],
  ["web :80", "malformed-target", "ADDRESS:PORT, svc/NAME:PORT"],
  ["web:80,10.96.0.50:80", "malformed-target", "trace takes one at a time"],
  [":80", "malformed-target", "svc/NAME:80, or ADDRESS:80"],
  ["80", "malformed-target", "svc/NAME:80"],
  ["/", "malformed-target", "ADDRESS:PORT, svc/NAME:PORT"],
  ["svc/", "malformed-target", "svc/NAME:PORT"],
  ["pod/:80", "malformed-target", "pod/NAME:PORT"],
  ["10.96.0.50:http", "malformed-target", "10.96.0.50:80"],
  ["10.96.0.50:80/icmp", "malformed-target", "10.96.0.50:80/udp"],
  ["web:80/tcp/udp", "malformed-target", "web:80/udp"],
  ["10.96.0.500:80", "malformed-target", "four numbers from 0 to 255 without leading zeros"],
  ["010.96.0.50:80", "malformed-target", "four numbers from 0 to 255 without leading zeros"],
  ["10.96.0:80", "malformed-target", "four numbers from 0 to 255 without leading zeros"],
  ["fd00::1:80", "port-missing", "[fd00::1]:80 if 80 is the port, else [fd00::1:80]:80"],
  ["10.244.0.20", "port-missing", "10.244.0.20:80"],
  ["node/minikube", "port-missing", "node/minikube:30000"],
  ["node/minikube:web", "port-missing", "node/minikube:30000"],
  ["web:8o", "unknown-port", "it has http 80/TCP, dns 53/UDP"],
  ["web.shop:80", "name-not-the-clusters", "there is web.default"],
  ["web.shop.svc.cluster.local:80", "unknown-name", "there is web.default"],
  ["https://web", "unknown-port", "it has http 80/TCP, dns 53/UDP"],
  ["web/http", "unknown-service", "a port stands behind a colon: web:http"],
  ["wéb:80", "unknown-name", "did you mean web?"],
  ["*:80", "unknown-name", "k8snet get services -A lists the names"],
])("%s: %s, and a hint", async (target, code, hint) => {
  const answer = await trace(target);
  expect([answer.status, answer.stdout]).toEqual([2, ""]);
  expect(answer.stderr).toContain(`[${code}]`);
  expect(answer.stderr.split("\n").find((line) => line.startsWith("hint: "))).toContain(hint);
});

test.each([
  "web",
  " web:80 ",
  "WEB:80",
  "web:http",
  "web:80/tcp",
  "default/web:80",
  "svc/web:http",
  "web.default.svc.cluster.local.:80",
  "10.96.0.50:80",
  "tcp://web:80",
  "HTTP://web",
  "http://user:pw@web/a:b@c?d=e://f#g",
  "ws://web/socket",
])("%s is the Service's port 80", async (target) => {
  const answer = await trace(target, "-o", "summary");
  expect(answer.status).toBe(0);
  expect(answer.stdout).toMatch(/ -> 10\.96\.0\.50:80 TCP {2}default\/web:http cluster IP\n/);
});

test.each(["svc/web", "pod/web:8080"])("%s with -n is looked for in that namespace only", async (target) => {
  const answer = await trace(target, "-n", "shop");
  expect([answer.status, answer.stdout]).toEqual([2, ""]);
  expect(answer.stderr).toMatch(/there is no (Service|pod) shop\/web .*\nhint: there is default\/web\n/);
});

test("a protocol that the Service has no port of", async () => {
  const answer = await trace("svc/web", "--protocol", "sctp");
  expect([answer.status, answer.stdout]).toEqual([2, ""]);
  expect(answer.stderr).toContain(
    "has no SCTP port [service-without-ports]\nhint: it has http 80/TCP, dns 53/UDP\n",
  );
});

test("an endpoint that no container declares is told of", async () => {
  const wrong = manifests.replace("port: 80, targetPort: 8080", "port: 80, targetPort: 8081");
  const argv = ["trace", "svc/web", "-f", "-", "--from", "node/minikube"];
  const answer = await runK8snet(argv, { stdin: wrong });
  expect(answer.stdout).toContain("note: no container of Pod web declares port 8081/TCP, only 8080/TCP: ");
  expect((await runK8snet(argv, { stdin: manifests })).stdout).not.toContain("declares port");
});

test.each([
  ["svc/alias", "PORT"],
  ["svc/alias:5432", "5432"],
])("%s, an ExternalName without ports, is told as the name it is", async (target, port) => {
  const alias =
    "apiVersion: v1\nkind: Service\nmetadata: {name: alias}\nspec: {type: ExternalName, externalName: db.example.com}\n";
  const answer = await runK8snet(["trace", target, "-f", "-"], { stdin: alias });
  expect([answer.status, answer.stdout]).toEqual([2, ""]);
  expect(answer.stderr).toContain(
    "Service default/alias is the name db.example.com [service-without-address]\n",
  );
  expect(answer.stderr).toContain(`hint: k8snet trace db.example.com:${port}\n`);
});

describe("names where the first pod is of another namespace", () => {
  const shop = `apiVersion: apps/v1
kind: Deployment
metadata: {name: cart, namespace: shop}
spec: {replicas: 2, selector: {matchLabels: {app: cart}}, template: {metadata: {labels: {app: cart}}, spec: {containers: [{name: c, image: "c:1", ports: [{containerPort: 80}]}]}}}
---
apiVersion: v1
kind: Service
metadata: {name: cart, namespace: shop}
spec: {selector: {app: cart}, ports: [{port: 80}]}
---
apiVersion: apps/v1
kind: StatefulSet
metadata: {name: db, namespace: store}
spec: {serviceName: db, replicas: 2, selector: {matchLabels: {app: db}}, template: {metadata: {labels: {app: db}}, spec: {containers: [{name: c, image: "c:1", ports: [{containerPort: 5432}]}]}}}
---
apiVersion: v1
kind: Service
metadata: {name: db, namespace: store}
spec: {clusterIP: None, selector: {app: db}, ports: [{port: 5432}]}
`;
  const ask = (...argv: string[]) =>
    runK8snet(["trace", ...argv, "-o", "summary", "-f", "-"], { stdin: shop });

  test.each([
    [["kubernetes"], "pod/default/client", "10.96.0.1:443 TCP  default/kubernetes:https"],
    [["https://KUBERNETES/healthz", "-n", "default"], "pod/default/client", "10.96.0.1:443 TCP"],
    [["kubernetes.default"], "pod/shop/cart-", "10.96.0.1:443 TCP  default/kubernetes:https"],
    [["cart"], "pod/shop/client", ":80 TCP  shop/cart cluster IP"],
    [["kube-dns:53"], "pod/kube-system/client", "10.96.0.10:53 UDP"],
    [["db-0.db:5432"], "pod/store/db-1", "pod/store/db-0"],
    [["db-1.db:5432"], "pod/store/db-0", "pod/store/db-1"],
    [["pod/store/db-0:5432"], "pod/shop/cart-", "pod/store/db-0"],
  ])("a bare name is asked by a pod of its namespace: %j", async (argv, source, target) => {
    const { status, stdout } = await ask(...argv);
    expect(status).toBe(0);
    expect(stdout.startsWith(source)).toBe(true);
    expect(stdout).toContain(target);
    if (source.endsWith("client"))
      expect(stdout).toMatch(/^note: \S+ is imagined: no other pod of the input is in /m);
  });

  test("with --all-sources every source means the same Service", async () => {
    const { status, stdout } = await ask("https://kubernetes", "--all-sources");
    expect(status).toBe(0);
    expect(stdout).toMatch(/^pod\/shop\/cart-\S+ +100% /);
  });

  test.each([
    [["kubernetes", "-n", "shop"], "from namespace shop [unknown-name]", "there is kubernetes.default"],
    [
      ["cart", "--from", "svc/cart"],
      "svc/cart is a Service, and packets come from pods",
      "--from deploy/NAME",
    ],
    [["cart", "--from", "car"], '"car" is nobody that could send a packet', "did you mean deploy/cart?"],
    [["cart", "-n", "store"], "from namespace store [unknown-name]", "there is cart.shop"],
    [["deploy/cart"], "deploy/cart is a workload", "svc/shop/cart sends to its pods; pod/shop/cart-"],
  ])("%j is refused with what is meant", async (argv, message, hint) => {
    const { status, stdout, stderr } = await ask(...argv);
    expect([status, stdout]).toEqual([2, ""]);
    expect(stderr).toContain(message);
    expect(stderr).toContain(`hint: ${hint}`);
  });
});

const ingress = `apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: {name: shop}
spec:
  rules:
  - {host: other.example.com, http: {paths: [{path: /, pathType: Prefix, backend: {service: {name: other, port: {number: 80}}}}]}}
  - {host: shop.example.com, http: {paths: [{path: /, pathType: Prefix, backend: {service: {name: web, port: {name: http}}}}]}}
`;
const route = `apiVersion: gateway.networking.k8s.io/v1
kind: HTTPRoute
metadata: {name: api}
spec: {hostnames: ["*.api.example.com"], rules: [{backendRefs: [{name: web, port: 80}, {name: web, port: 80}]}]}
`;

test.each([
  ["https://shop.example.com/cart", "Ingress default/shop leads it to svc/default/web:http;"],
  ["v1.api.example.com:443", "HTTPRoute default/api leads it to svc/default/web:80;"],
])("%s is the host of an Ingress or a route: where it leads is said", async (target, hint) => {
  const answer = await runK8snet(["trace", target, "-f", "-"], {
    stdin: `${manifests}---\n${ingress}---\n${route}`,
  });
  expect([answer.status, answer.stdout]).toEqual([2, ""]);
  expect(answer.stderr).toContain(`[name-not-the-clusters]\nhint: ${hint}`);
});

const outside = "note: cluster IPs answer a client outside only when it has a route to them by a node\n";

test.each([
  [["10.96.0.50:80", "--from", "external"], true],
  [["10.96.0.50:80", "--from", "203.0.113.7"], true],
  [["10.96.0.50:80", "--all-sources"], true],
  [["svc/web", "--from", "external"], false],
  [["10.96.0.50:80", "--from", "node/minikube"], false],
])("what a client outside needs to reach a cluster IP is said: %j", async (argv, said) => {
  const { status, stdout, stderr } = await runK8snet(["trace", ...argv, "-f", "-"], { stdin: manifests });
  expect(status).toBe(0);
  expect((stdout + stderr).includes(outside)).toBe(said);
});

test("policies that are not evaluated are named with --all-sources too", async () => {
  const policy =
    "---\napiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: {name: deny}\nspec: {podSelector: {}}\n";
  const { stderr } = await runK8snet(["trace", "svc/web", "--all-sources", "-f", "-"], {
    stdin: manifests + policy,
  });
  expect(stderr).toContain("\nnote: NetworkPolicy default/deny selects ");
});

test("a workload that runs no pod is named as the reason", async () => {
  const stdin = `${manifests.slice(manifests.indexOf("---\n") + 4)}---
apiVersion: apps/v1
kind: Deployment
metadata: {name: front}
spec: {replicas: 0, selector: {matchLabels: {app: web}}, template: {metadata: {labels: {app: web}}, spec: {containers: [{name: c, image: "c:1"}]}}}
`;
  const { stdout } = await runK8snet(["trace", "svc/web", "-f", "-"], { stdin });
  expect(stdout).toContain("hint: spec.replicas, an autoscaler or --scale says how many it has\n");
  expect(stdout).toMatch(
    /^why not: Service default\/web selects the pods of Deployment front, which runs none \(/m,
  );
});

test("a protocol may be written as Kubernetes writes it", async () => {
  const answer = await trace("10.96.0.50:53", "--protocol", "UDP", "-o", "summary");
  expect(answer.stdout).toContain(" -> 10.96.0.50:53 UDP  default/web:dns cluster IP\n");
});
