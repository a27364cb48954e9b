import fc from "fast-check";
import { matrixOf, withRules } from "../../../src/analyses.ts";
import { groupBy } from "../../../src/analysis/group-by.ts";
import type { Cell, MatrixAddress, MatrixSource } from "../../../src/analysis/matrix/model.ts";
import { decideKubeProxyConfig } from "../../../src/kube-proxy/decide-config.ts";
import { type Chosen, chosen } from "../chosen-services.ts";
import { chosenCluster, unsharedText } from "../chosen-world.ts";

function clusterOf(services: readonly Chosen[], nodes: number): Parameters<typeof matrixOf>[0] {
  const loaded = chosenCluster(unsharedText(services), nodes);
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

const addressKey = ({ address }: Cell): string => addressText(address);

/** Services of few kinds, each kind several times: there are cells to share. */
const services = fc
  .array(fc.tuple(chosen, fc.integer({ min: 3, max: 4 })), { minLength: 3, maxLength: 3 })
  .map((kinds) => kinds.flatMap(([kind, times]) => new Array<Chosen>(times).fill(kind)));

test("a cell that is taken from alike nodes or Services is the one that its own packet gives", () => {
  let shared = 0;
  fc.assert(
    fc.property(services, fc.integer({ min: 5, max: 7 }), (specs, nodes) => {
      const cluster = clusterOf(specs, nodes);
      const together = matrixOf(cluster).rows.flatMap((row) => row.cells);
      if (together.length > 300) shared++;
      for (const [address, cells] of groupBy(together, addressKey)) {
        // One address alone is too few cells for any to be taken from another.
        const alone = matrixOf(cluster, { to: (each) => addressText(each) === address });
        const followed = alone.rows.flatMap((row) => row.cells).map(cellText);
        expect(cells.map(cellText)).toEqual(followed);
      }
    }),
    { numRuns: Number(process.env["SHARE_RUNS"] ?? 12) },
  );
  // The property says something: in some of the matrices cells are taken from others.
  expect(shared).toBeGreaterThan(2);
}, 1_200_000);
