import { fitPicture } from "../../src/graph/fit.ts";
import { placePicture } from "../../src/graph/layout.ts";
import type { Arrow, Box, DrawnRule, Picture } from "../../src/graph/picture.ts";

/** A picture as of a node's chains: so many Services with so many endpoints each. */
function chains(services: number, endpoints: number): Picture {
  const boxes: Box[] = [
    { id: "in", kind: "hook", title: "PREROUTING", lines: [] },
    { id: "services", kind: "chain", title: "KUBE-SERVICES", lines: [] },
  ];
  const arrows: Arrow[] = [{ from: "in", to: "services", label: "", rules: [] }];
  for (let n = 0; n < services; n++) {
    const service = `svc ${n}`;
    const subject = `shop/s${n}:http`;
    boxes.push({ id: service, kind: "service-chain", title: `KUBE-SVC-${n}`, lines: [subject], subject });
    arrows.push({ from: "services", to: service, label: `10.96.0.${n}:80 tcp`, rules: [] });
    for (let at = 0; at < endpoints; at++) {
      const [chain, pod] = [`sep ${n} ${at}`, `pod ${n} ${at}`];
      boxes.push(
        { id: chain, kind: "endpoint-chain", title: `KUBE-SEP-${n}-${at}`, lines: [], subject },
        { id: pod, kind: "endpoint", title: `10.244.${n}.${at}:80`, lines: [] },
      );
      arrows.push(
        { from: service, to: chain, label: `${100 / endpoints}%`, rules: [] },
        { from: chain, to: pod, label: "", rules: [] },
      );
    }
  }
  return { title: "node", boxes, arrows, notes: [] };
}

/** As the rules of a chain are drawn. */
function drawn(count: number): DrawnRule[] {
  return Array.from({ length: count }, (_, at) => ({
    table: "nat",
    chain: "KUBE-SVC-0",
    number: at + 1,
    rule: { matches: [] },
  }));
}

test("an endpoints' box is clear, however many rules lead to it", () => {
  const picture = chains(1, 100);
  const arrows = picture.arrows.map((arrow) => ({ ...arrow, rules: drawn(1) }));
  const fitted = fitPicture({ ...picture, arrows }, "auto");
  expect(fitted.boxes.map((box) => box.title)).toContain("100 endpoints");
});

const cards = ({ boxes }: Picture): Box[] => boxes.filter((box) => box.card !== undefined);

test.each([
  ["few Services: all chains", 3, 3, 2 + 3 * 7, 0, 0],
  ["one with many endpoints: these in one box", 1, 100, 4, 0, 1],
  ["many Services: a box each", 30, 3, 3 + 30, 30, 1],
  ["very many: a box each, in short", 300, 3, 3 + 300, 300, 1],
  ["more than anyone looks through: the first", 1200, 1, 3 + 1000, 1000, 2],
])("%s", (_, services, endpoints, boxes, expectedCards, notes) => {
  const fitted = fitPicture(chains(services, endpoints), "auto");
  expect(fitted.boxes).toHaveLength(boxes);
  expect(cards(fitted)).toHaveLength(expectedCards);
  expect(fitted.notes).toHaveLength(notes);
  const ids = new Set(fitted.boxes.map((box) => box.id));
  for (const { from, to } of fitted.arrows) expect([ids.has(from), ids.has(to)]).toEqual([true, true]);
});

test("a card says what leads to a Service, its chain and how many endpoints it has", () => {
  const [card] = cards(fitPicture(chains(30, 3), "auto"));
  expect(card).toMatchObject({
    title: "s0:http",
    group: "namespace shop",
    lines: ["10.96.0.0:80 tcp", "KUBE-SVC-0", "3 endpoints"],
  });
  const [short] = cards(fitPicture(chains(300, 3), "auto"));
  expect(short?.lines).toEqual(["10.96.0.0:80 tcp → 3 endpoints"]);
});

test("what was asked for is not shortened, nor made more of", () => {
  expect(fitPicture(chains(300, 3), "chains").boxes).toHaveLength(2 + 300 * 7);
  expect(cards(fitPicture(chains(2, 1), "services"))).toHaveLength(2);
});

test("as many Services as a renderer takes, and how many are left", () => {
  const fitted = fitPicture(chains(100, 1), "auto", ({ boxes }) => boxes.length <= 43);
  expect(cards(fitted)).toHaveLength(40);
  expect(fitted.notes.at(-1)).toBe("60 more are left out");
});

test.each([3, 30])("%i Services on a narrow screen: nothing is too wide or overlaps", (services) => {
  const placed = placePicture(fitPicture(chains(services, 3), "auto"), { form: "outline", width: 360 });
  expect(placed.width).toBeLessThanOrEqual(360);
  const clashes = placed.boxes.flatMap((a, at) =>
    placed.boxes
      .slice(at + 1)
      .filter(
        (b) => a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height && b.y < a.y + a.height,
      ),
  );
  expect(clashes).toEqual([]);
});
