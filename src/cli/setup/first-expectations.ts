import { checkExpectations, type Observed } from "../../analysis/expectations/check-expectations.ts";
import { readExpectations } from "../../analysis/expectations/read-expectations.ts";
import type { TraceAnswer } from "../../analysis/trace/request.ts";
import { InputError } from "../../diagnostics/diagnostic.ts";
import type { ServicePortEndpoints } from "../../endpoints/model.ts";

const head = `# What must stay true; \`k8snet test\` checks it. Written by \`k8snet init\` from what was true then.
apiVersion: k8snet/v1alpha1
kind: Expectations
`;

/** Where there is no Service to say something of. */
const none = `# No Service of the manifests has an address yet. Such as:
#   - to: web.shop:80
#     endpoints: 3
expectations: []
`;

/** At most this many Service ports get an expectation in the first file: it is to be read. */
const most = 50;

/** A first file, and how many Service ports it leaves out for their number. */
export interface FirstExpectations {
  readonly text: string;
  readonly expectations: number;
  readonly left: number;
}

/** A first file of expectations: each Service of the manifests is reached by a pod as it is now. */
export function firstExpectations(observed: Observed): FirstExpectations {
  const entries: string[] = [];
  let left = 0;
  for (const entry of observed.endpoints.servicePorts) {
    const { service, family, unknown } = entry;
    if (service.simulated || unknown !== undefined) continue;
    if (service.clusterIps[0] === "None" || family !== service.ipFamilies[0]) continue;
    if (entries.length >= most) left++;
    else {
      // What is written down is what `k8snet test` finds; one outcome says more than several.
      const text = entriesOf(entry, observed).find((each) => isMet(each, observed));
      if (text !== undefined) entries.push(text);
    }
  }
  const list = entries.length === 0 ? none : `expectations:\n${entries.join("")}`;
  return { text: head + list, expectations: entries.length, left };
}

/** What may be said of a pod's packets to a Service port: that all end alike, or all that becomes of them. */
function entriesOf({ service, port }: ServicePortEndpoints, observed: Observed): readonly string[] {
  const to = `${service.name}.${service.namespace}:${port.port}`;
  const protocol = port.protocol.toLowerCase() as "tcp" | "udp" | "sctp";
  const answer = answerTo(to, protocol, observed);
  const ends = answer?.ends.filter(({ when }) => when === "first") ?? [];
  const outcomes = [...new Set(ends.map(({ outcome }) => outcome))].sort();
  const servers = new Set(
    ends.flatMap(({ outcome, server }) => (outcome === "delivered" ? (server ?? []) : [])),
  );
  const expected = outcomes.length > 1 ? [...outcomes, `[${outcomes.join(", ")}]`] : outcomes;
  return expected.map((expect) => {
    const lines = [
      `to: ${to}`,
      ...(port.protocol === "TCP" ? [] : [`protocol: ${port.protocol}`]),
      `expect: ${expect}`,
      ...(servers.size === 0 ? [] : [`endpoints: ${servers.size}`]),
    ];
    return `  - ${lines.join("\n    ")}\n`;
  });
}

function answerTo(to: string, protocol: "tcp" | "udp" | "sctp", observed: Observed): TraceAnswer | undefined {
  try {
    return observed.trace({ to, protocol }, undefined);
  } catch (error) {
    if (error instanceof InputError) return undefined;
    throw error;
  }
}

function isMet(entry: string, observed: Observed): boolean {
  const { file } = readExpectations({ name: "", text: `${head}expectations:\n${entry}` });
  return checkExpectations([file], observed).every(({ unmet }) => unmet.length === 0);
}
