import { colorVariables, pictureStyle } from "../printers/pictures/svg/style.ts";

/** The page's style sheet: one column on a phone, the list of Services beside the rest where there is room. */
export const pageStyle = `${colorVariables(":root")}${pictureStyle}
*{box-sizing:border-box}
body{margin:0;background:var(--paper);color:var(--ink);font:15px/1.5 system-ui,-apple-system,"Segoe UI",sans-serif}
header{display:flex;flex-wrap:wrap;gap:.5rem 1.25rem;align-items:center;padding:.75rem 1rem;border-bottom:1px solid var(--edge)}
h1{font-size:1.15rem;margin:0}h2{font-size:1.05rem;margin:0 0 .5rem}h3{font-size:1rem;margin:.75rem 0 .25rem;overflow-wrap:anywhere}h4{font-size:.9rem;margin:.5rem 0 .25rem}
p{margin:.25rem 0}
main{display:grid;grid-template-columns:minmax(0,1fr);gap:1rem;padding:1rem}
section,nav{border:1px solid var(--edge);border-radius:8px;padding:.75rem 1rem;min-width:0}
input,select,button{font:inherit;color:var(--ink);background:var(--hook);border:1px solid var(--chain-edge);border-radius:6px;padding:.3rem .55rem;min-height:2rem;max-width:100%}
button{cursor:pointer}
:focus-visible{outline:3px solid var(--service-edge);outline-offset:1px}
label{display:inline-flex;flex-direction:column;font-size:.85rem;color:var(--muted)}
form{display:flex;flex-wrap:wrap;gap:.6rem;align-items:end}
#from,#to{width:17rem}#port{width:6rem}
#services{list-style:none;margin:.5rem 0 0;padding:0;max-height:14rem;overflow:auto;display:grid;gap:2px}
#services button{width:100%;text-align:left;background:none;border-color:transparent;overflow-wrap:anywhere}
#services button[aria-pressed=true]{background:var(--service);border-color:var(--service-edge)}
#services small{display:block;color:var(--muted)}
#search{width:100%}
#picture{overflow:auto;max-width:100%;max-height:80vh}
#picture svg{display:block}
.box[role=button]{cursor:pointer}.box[role=button]:hover rect{stroke-width:2.4}
.box:focus{outline:none}.box:focus-visible rect{stroke-width:3.5}
.has-lit .box:not(.lit),.has-lit .arrow:not(.lit){opacity:.45}
.lit.arrow path{stroke:var(--lit);stroke-width:3}
.lit.box rect{stroke:var(--lit);stroke-width:2.4}
.lit.label text{font-weight:700}
.now.arrow path{stroke-width:6}
#detail{min-height:7rem;overflow-wrap:anywhere}
code,pre{font:12px/1.45 ui-monospace,SFMono-Regular,Menlo,Consolas,"DejaVu Sans Mono",monospace}
li>code{display:block;background:var(--hook);padding:.2rem .4rem;border-radius:4px;overflow-wrap:anywhere}
pre{overflow:auto;background:var(--hook);padding:.6rem;border-radius:6px;margin:.25rem 0}
.ends{list-style:none;padding:0}.ends>li{border-left:4px solid var(--lit);padding-left:.6rem;margin:.5rem 0}
summary{cursor:pointer;overflow-wrap:anywhere}summary strong{font-size:1.1rem}
.walk{display:flex;flex-wrap:wrap;gap:.5rem;align-items:center;margin:.4rem 0}
ol{padding-left:1.6rem}ol li{margin:.25rem 0;overflow-wrap:anywhere}ol li p,.rules p,#findings p,.note,#found,#notes{color:var(--muted);font-size:.85rem}
[aria-current=step]{background:var(--endpoint-chain)}
.rules{padding-left:1.1rem}
.error{color:var(--refusal-edge)}
#findings ul{padding-left:1.1rem}
.skip{position:absolute;left:-99rem}.skip:focus{position:static}
@media(min-width:60rem){main{grid-template-columns:17rem minmax(0,1fr)}nav{grid-row:1/span 6}#services{max-height:75vh}}
@page{size:landscape;margin:12mm}
@media print{h1,header label,nav,form,.walk,.skip,#json,section:has(#packet),section:has(>div>.note:only-child){display:none!important}main{display:block;padding:0}section{border:0;padding:.5rem 0;break-inside:avoid-page}#picture{overflow:visible;max-height:none}#picture svg{min-width:0!important}.has-lit .box:not(.lit),.has-lit .arrow:not(.lit){opacity:1}pre{font-size:9px;overflow:visible}#notes pre{white-space:pre-wrap}.ends>li,ol li{break-inside:avoid-page}}
@media(prefers-reduced-motion:no-preference){.arrow path,.box rect{transition:stroke-width .15s}}
`;
