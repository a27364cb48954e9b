/** Colours of pictures: light ones, and dark ones where the reader prefers them. Contrast of texts is 4.5:1 or more. */
const light = `
  --paper:#ffffff; --ink:#1f2328; --muted:#57606a; --edge:#6e7781; --lit:#bc4c00;
  --hook:#eef1f5; --hook-edge:#57606a; --chain:#ffffff; --chain-edge:#57606a;
  --service:#ddf4ff; --service-edge:#0969da; --endpoint-chain:#fff8c5; --endpoint-chain-edge:#9a6700;
  --endpoint:#dafbe1; --endpoint-edge:#1a7f37; --masquerade:#fbefff; --masquerade-edge:#8250df;
  --refusal:#ffebe9; --refusal-edge:#cf222e;`;
const dark = `
  --paper:#0d1117; --ink:#e6edf3; --muted:#9ba5b0; --edge:#8b949e; --lit:#ffa657;
  --hook:#1c232c; --hook-edge:#9ba5b0; --chain:#0d1117; --chain-edge:#9ba5b0;
  --service:#0c2d4d; --service-edge:#58a6ff; --endpoint-chain:#332600; --endpoint-chain-edge:#d29922;
  --endpoint:#0f2d18; --endpoint-edge:#3fb950; --masquerade:#2a1a44; --masquerade-edge:#bc8cff;
  --refusal:#3c1418; --refusal-edge:#ff7b72;`;

/** Colour variables for a root selector, by the reader's preference. */
export function colorVariables(selector: string): string {
  return `${selector}{${light}\n  color-scheme:light}
@media (prefers-color-scheme:dark){${selector}{${dark}\n  color-scheme:dark}}
@media print{${selector}{${light}\n  color-scheme:light}}`;
}

/** How the parts of a picture look; needs {@link colorVariables}. */
export const pictureStyle = `
.picture text{font:11px ui-monospace,SFMono-Regular,Menlo,Consolas,"DejaVu Sans Mono","Liberation Mono",monospace;fill:var(--ink)}
.picture .box .title{font-size:12px;font-weight:600}
.picture .box .line{fill:var(--muted)}
.picture .box rect{stroke-width:1.2;fill:var(--chain);stroke:var(--chain-edge)}
.picture .hook rect,.picture .host rect{fill:var(--hook);stroke:var(--hook-edge)}
.picture .service-chain rect,.picture .service rect{fill:var(--service);stroke:var(--service-edge)}
.picture .endpoint-chain rect{fill:var(--endpoint-chain);stroke:var(--endpoint-chain-edge)}
.picture .endpoint rect{fill:var(--endpoint);stroke:var(--endpoint-edge)}
.picture .masquerade rect{fill:var(--masquerade);stroke:var(--masquerade-edge)}
.picture .refusal rect{fill:var(--refusal);stroke:var(--refusal-edge)}
.picture .more rect{stroke-dasharray:4 3}
.picture .arrow path{fill:none;stroke:var(--edge);stroke-width:1.3}
.picture .arrow-head{fill:var(--edge)}
.picture .arrow-head.lit{fill:var(--lit)}
.picture .label rect{fill:var(--paper);fill-opacity:.92}
.picture .label text{text-anchor:middle}
.picture .frame rect{fill:none;stroke:var(--edge);stroke-dasharray:5 4}
.picture .frame text{font-weight:600;fill:var(--muted)}
`;
