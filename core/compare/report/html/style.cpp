#include "core/compare/report/html/style.hpp"

namespace slipway::compare::html {

// Text has a contrast of 4.5 and more against its ground in both schemes (WCAG 2.1, 1.4.3). The colours of parts are
// the "bright" scheme of P. Tol, "Colour Schemes", SRON technical note SRON/EPS/TN/09-002, made to be told apart by
// people who see colours differently; a line around each part keeps the pale ones visible.
const std::string_view kStyle = R"(
:root { color-scheme: light dark; --ground: #ffffff; --panel: #f4f5f7; --text: #1b1c20; --quiet: #565963;
  --line: #d5d8de; --accent: #1d5fbf; --slower: #9a3d00; --band: #e3e6eb; --added: #e3f1e4; --removed: #f9e6e0; }
@media (prefers-color-scheme: dark) { :root { --ground: #16181d; --panel: #1f2229; --text: #e7e8ec; --quiet: #a6abb7;
  --line: #3a3f4a; --accent: #82b4ff; --slower: #ffb482; --band: #2b303a; --added: #1d3524; --removed: #402620; } }
* { box-sizing: border-box; }
html { -webkit-text-size-adjust: 100%; }
body { margin: 0 auto; padding: 2rem 1.25rem 4rem; max-width: 74rem; background: var(--ground); color: var(--text);
  font: 1rem/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", "DejaVu Sans", sans-serif;
  overflow-wrap: anywhere; }
h1 { font-size: 1.6rem; line-height: 1.25; margin: 0 0 .5rem; }
h2 { font-size: 1.25rem; margin: 3rem 0 .5rem; padding-top: 1rem; border-top: 1px solid var(--line); }
h3 { font-size: 1rem; margin: 2rem 0 .5rem; }
p { margin: .5rem 0; max-width: 46rem; }
ul { margin: .5rem 0; padding-left: 1.25rem; max-width: 46rem; }
a { color: var(--accent); }
nav ul { list-style: none; padding: 0; display: flex; flex-wrap: wrap; gap: .25rem 1.25rem; max-width: none; }
.quiet, caption, figcaption { color: var(--quiet); font-size: .875rem; }
.verdicts { list-style: none; padding: 0; max-width: none; }
.verdicts li { padding: .5rem 0; border-bottom: 1px solid var(--line); }
.verdict { font-weight: 600; white-space: nowrap; }
.faster { color: var(--accent); }
.slower { color: var(--slower); }
.undecided, .same { color: var(--quiet); }
.scroll { overflow-x: auto; margin: .75rem 0; }
.scroll:focus-visible { outline: 2px solid var(--accent); }
table { border-collapse: collapse; font-size: .875rem; overflow-wrap: normal; }
caption { text-align: left; padding-bottom: .25rem; }
th, td { text-align: left; vertical-align: top; padding: .35rem .8rem .35rem 0; border-bottom: 1px solid var(--line); }
thead th { color: var(--quiet); font-weight: 600; vertical-align: bottom; }
tbody th { font-weight: 400; min-width: 10rem; }
.figure { text-align: right; white-space: nowrap; font-variant-numeric: tabular-nums; }
.why, .more { color: var(--quiet); display: block; }
.why { min-width: 11rem; }
figure { margin: 1rem 0; }
figcaption { margin-bottom: .5rem; }
.row { display: grid; grid-template-columns: minmax(8rem, 19rem) minmax(0, 1fr); gap: 0 1rem; }
.label { font-size: .8125rem; line-height: 1.3; text-align: right; align-self: center; padding: .15rem 0; }
svg { display: block; width: 100%; overflow: visible; }
.space { position: relative; }
.space > svg { position: absolute; inset: 0; height: 100%; }
.high24 { min-height: 24px; } .high28 { min-height: 28px; } .high34 { min-height: 34px; }
svg text { font-size: .75rem; fill: var(--quiet); font-variant-numeric: tabular-nums; }
.grid { stroke: var(--line); stroke-width: 1; }
.zero { stroke: var(--quiet); stroke-width: 1; }
.noise { fill: var(--band); }
.dot { fill: var(--quiet); fill-opacity: .45; }
.box { fill: var(--accent); fill-opacity: .16; stroke: var(--accent); stroke-width: 1; }
.middle { stroke: var(--accent); stroke-width: 2.5; }
.interval { stroke: var(--accent); stroke-width: 2.5; }
.point { fill: var(--accent); stroke: var(--ground); stroke-width: 1; }
.part { stroke: var(--ground); stroke-width: 1.5; }
.part0, .key0 { fill: #4477aa; background: #4477aa; } .part1, .key1 { fill: #ee6677; background: #ee6677; }
.part2, .key2 { fill: #228833; background: #228833; } .part3, .key3 { fill: #ccbb44; background: #ccbb44; }
.part4, .key4 { fill: #66ccee; background: #66ccee; } .part5, .key5 { fill: #aa3377; background: #aa3377; }
.part6, .key6 { fill: #bbbbbb; background: #bbbbbb; }
.keys { list-style: none; padding: 0; display: flex; flex-wrap: wrap; gap: .25rem 1.25rem; font-size: .875rem;
  max-width: none; }
.key { display: inline-block; width: .8em; height: .8em; margin-right: .4em; border: 1px solid var(--quiet);
  print-color-adjust: exact; }
details { border-bottom: 1px solid var(--line); padding: .5rem 0; }
summary { cursor: pointer; }
pre { background: var(--panel); padding: .75rem; margin: .5rem 0; overflow-x: auto; font-size: .8125rem;
  line-height: 1.45; white-space: pre-wrap;
  font-family: ui-monospace, "Cascadia Mono", "DejaVu Sans Mono", Menlo, Consolas, monospace; }
pre span { display: block; min-height: 1.45em; }
.added { background: var(--added); } .removed { background: var(--removed); }
@media (max-width: 40rem) {
  body { padding: 1.25rem 1rem 3rem; }
  .row { grid-template-columns: minmax(0, 1fr); margin-top: .5rem; }
  .label { text-align: left; }
  tbody th { min-width: 7rem; }
}
@media print {
  :root { color-scheme: light; --ground: #ffffff; --panel: #ffffff; --text: #000000; --quiet: #444444;
    --line: #bbbbbb; --accent: #0b4a9e; --slower: #7a2f00; --band: #e3e6eb; --added: #e3f1e4; --removed: #f9e6e0; }
  body { font-size: 10pt; padding: 0; max-width: none; }
  nav { display: none; }
  h2 { margin-top: 1.5rem; }
  h2, h3, figcaption, caption { break-after: avoid; }
  .row, tr, li { break-inside: avoid; }
  .scroll { overflow: visible; }
  table { font-size: 7.5pt; } th, td { padding-right: .5rem; } .figure { white-space: normal; }
  .part, .noise, .box, .dot, .added, .removed { print-color-adjust: exact; }
  details::details-content { content-visibility: visible; block-size: auto; }
}
)";

}  // namespace slipway::compare::html
