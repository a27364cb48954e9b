import type { BoxKind, Picture } from "../../src/graph/picture.ts";

/** Texts that a careless printer would let out of its quotes. */
export const dangerousTexts: readonly string[] = [
  "<script>window.broken=1</script>",
  "</script></style></title><script>window.broken=1</script>",
  "]]><script>window.broken=1</script>",
  "--><img src=x onerror=window.broken=1>",
  '"]; window.broken=1; x["',
  "'); window.broken=1; ('",
  "#quot;] --> x; click x call alert",
  "`**bold**` [link](javascript:alert(1))",
  "&lt;b&gt; &amp; {{ }} || %%",
  "end\\N\\L\\G\\",
  "line\nend\rsubgraph x",
];

/** A picture with the text in every place that holds text. */
export function pictureOfText(text: string, kind: BoxKind = "chain"): Picture {
  return {
    title: text,
    notes: [text],
    boxes: [
      { id: `a ${text}`, kind, title: text, lines: [text], group: text },
      { id: `b ${text}`, kind: "endpoint", title: text, lines: [text, text] },
    ],
    arrows: [{ from: `a ${text}`, to: `b ${text}`, label: text, rules: [] }],
  };
}
