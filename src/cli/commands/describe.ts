import { usageError } from "../../diagnostics/diagnostic.ts";
import type { LoadedInput } from "../input/load-input.ts";
import { CommandExit, exitStatus } from "../terminal/exit-status.ts";
import type { CommandIo } from "../terminal/io.ts";
import type { CommandModule } from "./index.ts";

interface DescribeOptions {
  readonly selector?: string;
  readonly kubectlVersion?: string;
  readonly loadBalancer?: boolean;
  readonly now?: string;
}

const examples = `
Examples:
  k8snet describe service backend-service -n jobs -f manifests/
  k8snet describe svc -A -f manifests/
  k8snet describe endpoints backend-service -n jobs -f manifests/
  k8snet describe svc backend-service -n jobs --kubectl-version 1.28 -f manifests/`;

export const describeCommand: CommandModule = {
  register: (program, io) => {
    const command = program
      .command("describe")
      .summary("what kubectl describe would show")
      .description(
        "Describes services, endpoints, endpointslices, pods and deployments in the words of kubectl describe. For a LoadBalancer of a simulated cluster three more lines show its way into the cluster.",
      )
      .argument("<what...>", "KIND [NAME…] or KIND/NAME …; names, or how they begin")
      .option("-l, --selector <labels>", "objects with these labels")
      .option("--kubectl-version <1.NN>", "in the form of that kubectl (default: 1.32)")
      .option("--load-balancer", "the load balancer's way also for a cluster of which nothing is simulated")
      .option("--now <time>", "the time to count from (RFC 3339)")
      .addHelpText("after", examples);
    return command.action(async (words: readonly string[], options: DescribeOptions) => {
      const { loadInput } = await import("../input/load-input.ts");
      await describeObjects(words, options, await loadInput(command, io), io);
    });
  },
};

/** @throws InputError when the release is none of kubectl's */
function minorOf(version: string | undefined, fallback: number): number {
  if (version === undefined) return fallback;
  const minor = version.match(/^v?1\.(\d{1,2})(?:\.\d+)?$/)?.[1];
  if (minor !== undefined) return Number(minor);
  throw usageError("bad-kubectl-version", `"${version}" is no release of kubectl`, "--kubectl-version 1.28");
}

async function describeObjects(
  words: readonly string[],
  options: DescribeOptions,
  input: LoadedInput,
  io: CommandIo,
): Promise<void> {
  const { parseRequests, selectObjects } = await import("../kubectl/select-objects.ts");
  const { lookupNamespace, isSimulated, parseNow } = await import("../kubectl/lookup-options.ts");
  const { ClusterObjects } = await import("../../api-objects/objects-of-cluster.ts");
  const { describeObject } = await import("../kubectl/describe-object.ts");
  const { defaultKubectlMinor, kubectlTraits } = await import(
    "../../printers/kubectl/describe/kubectl-versions.ts"
  );
  const traits = kubectlTraits(minorOf(options.kubectlVersion, defaultKubectlMinor));
  const now = parseNow(options.now);
  const requests = parseRequests(words);
  const store = new ClusterObjects(
    input.cluster,
    input.endpoints,
    input.options.defaultNamespace ?? "default",
  );
  const namespace = lookupNamespace(input);
  const selection = selectObjects(store, requests, {
    namespace,
    selector: options.selector,
    prefixes: true,
  });
  const loadBalancer = options.loadBalancer ?? isSimulated(input);
  const texts = selection.groups.flatMap(({ objects }) =>
    objects.map(({ object }) => describeObject(object, store, { traits, loadBalancer, now })),
  );
  if (texts.length > 0) await io.stdout.write(texts.join("\n\n"));
  for (const { message, hint } of selection.missing) {
    await io.stderr.write(`${message}\n${hint === undefined ? "" : `hint: ${hint}\n`}`);
  }
  if (selection.missing.length > 0) throw new CommandExit(exitStatus.badInput);
  if (texts.length === 0) {
    await io.stderr.write(
      namespace === undefined ? "No resources found\n" : `No resources found in ${namespace} namespace.\n`,
    );
  }
}
