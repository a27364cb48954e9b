import type { ClusterModel } from "../../cluster/model.ts";
import type { Diagnostic } from "../../diagnostics/diagnostic.ts";
import { printDiagnostics } from "../../printers/diagnostics-text.ts";
import { colorsFor } from "../terminal/colors.ts";
import type { CommandIo } from "../terminal/io.ts";
import type { InputOptions } from "./input-options.ts";

const emptyNamespace = "empty-namespace";

/** The namespace that `-n` selects; undefined for all. */
export function onlyNamespace({ namespace, allNamespaces }: InputOptions): string | undefined {
  return allNamespaces ? undefined : namespace;
}

/**
 * Warns where `-n` selects nothing: an empty answer would read as good news.
 * @param told what was said already
 */
export async function tellEmptyNamespace(
  clusters: readonly ClusterModel[],
  { options, told }: { readonly options: InputOptions; readonly told: readonly Diagnostic[] },
  io: CommandIo,
): Promise<void> {
  const namespace = onlyNamespace(options);
  if (namespace === undefined || told.some(({ code }) => code === emptyNamespace)) return;
  const services = clusters.flatMap((cluster) => cluster.services);
  if (services.some((service) => service.namespace === namespace)) return;
  const others = [...new Set(services.map((service) => service.namespace))].sort();
  const shown = others.length > 10 ? `${others.slice(0, 10).join(", ")}, …` : others.join(", ");
  const warning = {
    code: emptyNamespace,
    severity: "warning",
    message: `no Service is in namespace ${namespace}`,
    hint: `there are some in ${shown}: -n NAMESPACE, or -A for all`,
  } as const;
  await io.stderr.write(printDiagnostics([warning], { colors: colorsFor(io.stderr, io.env, options.color) }));
}
