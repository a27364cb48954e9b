/** A text as a YAML scalar. */
function scalar(text: string): string {
  return /^[A-Za-z0-9_./-]+$/.test(text) && !/^[-.]|^(?:true|false|yes|no|on|off|null|y|n)$/i.test(text)
    ? text
    : JSON.stringify(text);
}

/** One text as it is, several as a list. */
function list(texts: readonly string[]): string {
  return texts.length === 1 ? scalar(texts[0]!) : `[${texts.map(scalar).join(", ")}]`;
}

/** A first k8snet.yaml: what is read, and the settings one is most likely to want, commented out. */
export function firstConfig(
  filenames: readonly string[],
  recursive: boolean,
  dumps: readonly string[] = [],
): string {
  // Dumps alone are input enough: a folder that is not there would be a fault.
  const named = filenames.length > 0 || dumps.length === 0;
  const names = filenames.length === 0 ? ["manifests"] : filenames;
  const dump =
    dumps.length === 0 ? "" : `\n# Nodes' own rules, as iptables-save printed them\ndump: ${list(dumps)}\n`;
  return `# Settings of k8snet; \`k8snet config\` shows which are in force. Every flag's setting can stand here.
apiVersion: k8snet/v1alpha1
kind: Config

# Files and folders with manifests, relative to this file
${named ? "" : "# "}filename: ${list(names)}
${recursive ? "recursive: true\n" : ""}${dump}
# The cluster the manifests go to, where it is not minikube's
# serviceCidr: 10.96.0.0/12
# clusterCidr: 10.244.0.0/16
# kubeProxyVersion: "1.34"

# What the cluster knows and manifests do not: \`k8snet collect\` shows how to find out
# observed:
#   shop/web:
#     clusterIP: 10.96.12.34
#     nodePorts: {http: 31234}
#     loadBalancer: 203.0.113.10

# Services whose pods are elsewhere
# assume:
#   shop/legacy: [10.9.8.7:8080]

# Findings of \`k8snet lint\` that are not to be told
# ignore:
#   - {code: selector-matches-nothing, object: shop/legacy, reason: its pods come later}

# Picked with --env
# environments:
#   staging:
#     filename: overlays/staging
`;
}

/** A workflow that lints, tests and compares on every pull request. */
export function firstWorkflow(): string {
  return `name: k8snet
on:
  pull_request:
  push:
    branches: [main]
jobs:
  k8snet:
    runs-on: ubuntu-latest
    steps:
      - uses: actions/checkout@v4
        with:
          fetch-depth: 2
      - uses: actions/setup-node@v4
        with:
          node-version: 22
      - run: npx --yes k8snet lint
      - run: npx --yes k8snet test
      # The first parent of the merge that is checked out is the pull request's base.
      - if: github.event_name == 'pull_request'
        run: npx --yes k8snet diff git:HEAD^1 --fail-on breaking
`;
}
