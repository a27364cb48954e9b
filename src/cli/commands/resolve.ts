import { Option } from "commander";
import { usageError } from "../../diagnostics/diagnostic.ts";
import type { RecordType } from "../../dns/record.ts";
import { anyCase } from "../any-case.ts";
import type { LoadedInput } from "../input/load-input.ts";
import type { CommandIo } from "../terminal/io.ts";
import type { CommandModule } from "./index.ts";

interface ResolveOptions {
  readonly from?: string;
  readonly type?: string;
  readonly output?: "nslookup" | "json";
  readonly resolvConf?: boolean;
}

const types: readonly RecordType[] = ["A", "AAAA", "SRV", "PTR", "CNAME", "TXT", "SOA", "NS"];

const examples = `
Examples:
  k8snet resolve backend-service.jobs -f manifests/
  k8snet resolve backend-service --from deploy/frontend -f manifests/
  k8snet resolve _backend._tcp.backend-service.jobs.svc.cluster.local. --type SRV -o json -f manifests/
  k8snet resolve 10.96.0.1 -f manifests/
  k8snet resolve --resolv-conf --from deploy/frontend -f manifests/`;

export const resolveCommand: CommandModule = {
  register: (program, io) => {
    const command = program
      .command("resolve")
      .summary("what the cluster's DNS would answer")
      .description(
        "Answers a name as CoreDNS does, by way of a pod's resolv.conf: search domains, ndots, headless Services, ExternalName, pods' names. The questions that were tried are told on standard error.",
      )
      .argument("[name]", "a name; with a final dot it is asked as it stands; an address asks for its name")
      .option("--from <who>", "who asks: pod/NAME, pod/NAMESPACE/NAME, deploy/NAME (default: a pod of -n)")
      .addOption(anyCase(new Option("--type <type>", "record type (default: A and AAAA)"), types))
      .addOption(new Option("-o, --output <format>", "how to print").choices(["nslookup", "json"]))
      .option("--resolv-conf", "print the pod's /etc/resolv.conf instead")
      .addHelpText("after", examples);
    return command.action(async (name: string | undefined, options: ResolveOptions) => {
      if (name === undefined && options.resolvConf !== true) {
        throw usageError("no-name", "you must say which name", "k8snet resolve web, or --resolv-conf");
      }
      const { loadInput } = await import("../input/load-input.ts");
      await resolve(name, options, await loadInput(command, io), io);
    });
  },
};

/** Why the text is no name that DNS can be asked for; undefined when it is one. */
function faultOfName(name: string): string | undefined {
  const labels = name.replace(/\.$/, "").split(".");
  if (name.length > 254) return "a name has at most 253 characters";
  const wrong = labels.find((label) => !/^[A-Za-z0-9_](?:[-\w]{0,61}[A-Za-z0-9_])?$/.test(label));
  if (wrong === undefined) return undefined;
  if (wrong === "") return "a label between two dots is empty";
  return wrong.length > 63
    ? `"${wrong}" is longer than 63 characters`
    : `"${wrong}" is no label of letters, digits and dashes`;
}

async function resolve(
  name: string | undefined,
  options: ResolveOptions,
  input: LoadedInput,
  io: CommandIo,
): Promise<void> {
  const { resolvConfOf } = await import("../../dns/resolv-conf.ts");
  const { findDnsClient } = await import("../kubectl/dns-client.ts");
  const { printNslookup, printResolutionJson, printResolvConf } = await import("../../printers/nslookup.ts");
  const client = findDnsClient(input, options.from);
  const conf = resolvConfOf(client, input.cluster);
  if (conf.assumedServer) {
    await io.stderr.write(
      `note: the input has no Service kube-system/kube-dns; its usual address ${conf.nameservers[0] ?? ""} is assumed\n`,
    );
  }
  if (conf.unknown !== undefined) await io.stderr.write(`note: not known: ${conf.unknown}\n`);
  if (options.resolvConf === true) {
    await io.stdout.write(printResolvConf(conf));
    return;
  }
  const { ClusterZone } = await import("../../dns/cluster-zone.ts");
  const { resolveName } = await import("../../dns/resolve-name.ts");
  const { reverseName } = await import("../../dns/reverse-name.ts");
  const { isIp } = await import("../../net/ip.ts");
  const asked = name ?? "";
  const byAddress = isIp(asked) && (options.type === undefined || options.type === "PTR");
  const wanted = byAddress ? `${reverseName(asked)}.` : asked;
  const fault = faultOfName(wanted);
  if (fault !== undefined) throw usageError("bad-name", `"${asked}" is no DNS name: ${fault}`);
  const wantedTypes = types.filter((type) => type === options.type);
  const zone = new ClusterZone(input.cluster, input.endpoints);
  const resolution = resolveName(
    wanted,
    byAddress ? ["PTR"] : wantedTypes.length === 0 ? ["A", "AAAA"] : wantedTypes,
    conf,
    zone,
  );
  for (const query of resolution.queries) {
    const count = query.answers.length;
    const found = query.rcode === "NOERROR" ? `${count} ${count === 1 ? "answer" : "answers"}` : query.rcode;
    await io.stderr.write(`tried: ${query.name} ${query.type}: ${found}\n`);
  }
  if (!resolution.final.some((query) => query.answers.length > 0)) {
    const label = wanted.split(".")[0];
    const elsewhere = input.cluster.services.filter((service) => service.name === label);
    for (const { name: service, namespace } of elsewhere.slice(0, 3)) {
      await io.stderr.write(
        `hint: there is a Service ${service} in namespace ${namespace}: ${service}.${namespace}\n`,
      );
    }
  }
  await io.stdout.write(
    options.output === "json" ? printResolutionJson(resolution) : printNslookup(asked, resolution, conf),
  );
}
