import { abortable, loadManifests } from "../../src/load-manifests.ts";
import { parseManifests } from "../../src/manifests/parse-manifests.ts";

const service = (name: string): string =>
  `apiVersion: v1\nkind: Service\nmetadata: {name: ${name}}\nspec: {ports: [{port: 80}]}\n---\n`;
const source = {
  name: "many.yaml",
  text: Array.from({ length: 20_000 }, (_, i) => service(`s${i}`)).join(""),
};

test("loads what parseManifests parses", async () => {
  const short = { name: "short.yaml", text: `${service("a")}kind: [\n---\n${service("b")}` };
  const loaded = await loadManifests([short]);
  const parsed = parseManifests([short], { validate: "strict" });
  expect(loaded.diagnostics).toEqual(parsed.diagnostics);
  expect(loaded.manifests.objects.map(({ name }) => name)).toEqual(["a", "b"]);
});

test("gives timers their turn and stops when it is aborted", async () => {
  const abort = new AbortController();
  const timer = setTimeout(() => abort.abort(new Error("enough")), 1);
  await expect(loadManifests([source], { signal: abort.signal })).rejects.toThrow("enough");
  clearTimeout(timer);
});

test("closes a generator that is aborted, and returns what it returns when it is not", async () => {
  let closed = false;
  function* work() {
    try {
      yield 1;
      yield 2;
      return "done";
    } finally {
      closed = true;
    }
  }
  await expect(abortable(work(), { aborted: true, reason: new Error("stop") }).next()).rejects.toThrow(
    "stop",
  );
  expect(closed).toBe(true);
  const steps = abortable(work());
  expect([await steps.next(), await steps.next(), await steps.next()]).toEqual([
    { value: 1, done: false },
    { value: 2, done: false },
    { value: "done", done: true },
  ]);
});
