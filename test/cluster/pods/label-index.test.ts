import fc from "fast-check";
import { matchesLabels } from "../../../src/cluster/labels.ts";
import { LabelIndex } from "../../../src/cluster/pods/selector-index.ts";

const labels = fc.dictionary(
  fc.constantFrom("app", "tier", "__proto__", "zone"),
  fc.constantFrom("a", "b", ""),
  {
    maxKeys: 3,
  },
);

test("selects the pods, in the order, that trying each one finds", () => {
  const pods = fc
    .array(fc.tuple(fc.constantFrom("x", "y"), labels))
    .map((entries) =>
      entries.map(([namespace, podLabels], i) => ({ namespace, name: `pod-${i}`, labels: podLabels })),
    );
  fc.assert(
    fc.property(pods, labels, (all, selector) => {
      const tried = all.filter((pod) => pod.namespace === "x" && matchesLabels(selector, pod.labels));
      expect(new LabelIndex(all).matching("x", selector)).toEqual(tried);
    }),
  );
});
