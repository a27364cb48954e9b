/** The parts of a page, each as text. */
export interface HtmlParts {
  readonly title: string;
  readonly script: string;
  readonly style: string;
  /** Of script and style: `sha256-…` in base64, which the page's own policy demands. */
  readonly scriptHash: string;
  readonly styleHash: string;
  /** What the script reads; anything that JSON can hold. */
  readonly data: unknown;
  /** The page is served and listens for changes at its own origin. */
  readonly live: boolean;
}

/** JSON that can stand in a script element of HTML or XHTML, whatever it says: no `<`, `>`, `&` or line separator. */
export function embeddedJson(value: unknown): string {
  return JSON.stringify(value).replace(
    /[<>&\u2028\u2029]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}

function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}

/**
 * One file that asks for nothing: its policy forbids every request and every script but its own, so that no text of
 * the input could run even if it got out of its place.
 */
export function printHtml(parts: HtmlParts): string {
  const policy = [
    "default-src 'none'",
    `script-src '${parts.scriptHash}'`,
    `style-src '${parts.styleHash}'`,
    ...(parts.live ? ["connect-src 'self'"] : []),
    "img-src data:",
    "base-uri 'none'",
    "form-action 'none'",
  ].join("; ");
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<link rel="icon" href="data:,">
<title>${escapeHtml(parts.title)}</title>
<style>${parts.style}</style>
</head>
<body>
${frame}
<script type="application/json" id="data">${embeddedJson(parts.data)}</script>
<script>${parts.script}</script>
</body>
</html>
`;
}

const frame = `<a class="skip" href="#packet">To the packet</a>
<header><h1>k8snet</h1><label for="node">Node<select id="node"></select></label><div id="notes"></div></header>
<main id="main">
<nav aria-label="Services"><h2>Services</h2><label for="search">Search by name, address or port</label><input id="search" type="search" autocomplete="off"><p id="found" role="status"></p><ul id="services"></ul></nav>
<section aria-labelledby="packet-title"><h2 id="packet-title">Send a packet</h2>
<form id="packet"><label for="from">From (empty: some pod)<input id="from" list="sources" autocomplete="off"></label><datalist id="sources"></datalist>
<label for="to">To address or name<input id="to" autocomplete="off" required></label>
<label for="port">Port<input id="port" inputmode="numeric" autocomplete="off"></label>
<label for="protocol">Protocol<select id="protocol"><option value="">the port's</option><option>tcp</option><option>udp</option><option>sctp</option></select></label>
<button type="submit">Send</button></form></section>
<section aria-labelledby="chains-title"><h2 id="chains-title">Chains</h2><div id="picture" tabindex="0" role="region" aria-labelledby="chains-title"></div></section>
<section aria-label="What is pointed at"><div id="detail"><p class="note">Point at a box or an arrow, or reach a box with Tab: its rules, why they are there, and the line of the manifest.</p></div></section>
<section aria-label="The packet's way"><h2>The packet's way</h2><div id="answer" aria-live="polite"><p class="note">Send a packet to see where it goes.</p></div></section>
<section aria-labelledby="findings-title"><h2 id="findings-title">Findings of lint</h2><div id="findings"></div></section>
<section aria-labelledby="tables-title"><h2 id="tables-title">What get prints</h2><div id="tables"></div></section>
</main>`;
