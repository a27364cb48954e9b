import fc from "fast-check";
import { matrixOf, withRules } from "../../../src/analyses.ts";
import type { Cell, MatrixAddress, MatrixSource } from "../../../src/analysis/matrix/model.ts";
import { decideKubeProxyConfig } from "../../../src/kube-proxy/decide-config.ts";
import { loadCluster } from "../../../src/pipeline.ts";
import { type Chosen, chosen, manifest } from "../chosen-services.ts";

function clusterOf(services: readonly Chosen[], nodes: number): Parameters<typeof matrixOf>[0] {
  const text = services.map((spec, index) => manifest(`s${index}`, 30080 + index, spec)).join("\n---\n");
  const loaded = loadCluster([{ name: "all.yaml", text }], {
    validate: "ignore",
    cluster: { defaultNamespace: "default", clusterServices: true, simulatedNodes: nodes },
  });
  return withRules(loaded, decideKubeProxyConfig(loaded.cluster).config);
}

const sourceText = ({ kind, node }: MatrixSource): string => `${kind} ${node ?? ""}`;
const addressText = ({ service, kind, address, number, node }: MatrixAddress): string =>
  `${service.name} ${kind} ${address}:${number} ${node ?? ""}`;
function cellText({ source, address, entry, parts, servers, unknown }: Cell): string {
  const shares = parts.map(
    ({ outcome, masqueraded, probability: { numerator, denominator } }) =>
      `${numerator}/${denominator} ${outcome} ${masqueraded}`,
  );
  const answer = [...shares, ...servers, ...unknown].join(", ");
  return `${sourceText(source)} -> ${addressText(address)} ${entry ?? ""}: ${answer}`;
}

test("a cell that is taken from alike nodes is the one that its own packet gives", () => {
  fc.assert(
    fc.property(
      fc.array(chosen, { minLength: 1, maxLength: 2 }),
      fc.integer({ min: 4, max: 6 }),
      (services, nodes) => {
        const cluster = clusterOf(services, nodes);
        const together = matrixOf(cluster).rows.flatMap((row) => row.cells);
        // One source and one address alone: nothing there to take a cell from.
        for (const cell of together.filter(({ address }) => address.service.name.startsWith("s"))) {
          const alone = matrixOf(cluster, {
            from: (source) => sourceText(source) === sourceText(cell.source),
            to: (address) => addressText(address) === addressText(cell.address),
          });
          const same = alone.rows
            .flatMap((row) => row.cells)
            .filter(({ entry }) => entry === cell.entry)
            .map(cellText);
          expect(same).toEqual([cellText(cell)]);
        }
      },
    ),
    { numRuns: 8 },
  );
}, 60_000);
