import { FONT } from '../charts/marks.ts';
import { declarations } from '../charts/palette.ts';

/** The style of every report. It is in the page itself, so that the file needs nothing else. */
export const STYLE = `
:root { color-scheme: light dark; ${declarations('light')} }
@media (prefers-color-scheme: dark) { :root { ${declarations('dark')} } }
* { box-sizing: border-box; }
body { margin: 0; background: var(--surface); color: var(--ink); font: 16px/1.5 ${FONT}; }
main { max-width: 1144px; margin: 0 auto; padding: 24px 32px 64px; }
h1 { font-size: 1.9rem; line-height: 1.2; margin: 8px 0 12px; max-width: 34em; text-wrap: balance; }
h2 { font-size: 1.3rem; margin: 48px 0 8px; }
p, ul { max-width: 46em; margin: 8px 0; }
.eyebrow, .muted, figcaption { color: var(--muted); }
.eyebrow { margin: 0; }
.verdict { border: 1px solid var(--grid); border-left: 6px solid var(--tone); border-radius: 6px; background: var(--raised); padding: 12px 16px; margin: 20px 0; }
.verdict strong { color: var(--tone); text-transform: uppercase; letter-spacing: .04em; }
.verdict ul { margin: 4px 0 0; padding-left: 20px; }
.pass { --tone: var(--pass); } .fail { --tone: var(--fail); } .unknown { --tone: var(--unknown); }
.tiles { display: grid; grid-template-columns: repeat(4, 1fr); gap: 12px; margin: 20px 0; }
.tiles div { border: 1px solid var(--grid); border-radius: 6px; padding: 12px 16px; }
.tiles dt { color: var(--muted); font-size: .875rem; }
.tiles dd { margin: 0; font-size: 1.6rem; font-weight: 600; line-height: 1.3; }
.tiles dd span { display: block; font-size: .875rem; font-weight: 400; color: var(--muted); }
figure { margin: 16px 0; }
figure svg { width: 100%; height: auto; display: block; }
figure svg.narrow { display: none; }
figcaption { font-size: .9rem; max-width: 60em; margin-top: 8px; }
.legend { display: flex; flex-wrap: wrap; gap: 4px 20px; list-style: none; padding: 0; margin: 8px 0 0; max-width: none; font-size: .9rem; }
.legend li { display: flex; align-items: center; gap: 6px; }
.legend svg { width: 26px; height: 16px; flex: none; }
.scroll { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; font-size: .925rem; }
caption { text-align: left; max-width: calc(100vw - 32px); color: var(--muted); padding-bottom: 6px; }
th, td { text-align: left; vertical-align: top; padding: 6px 16px 6px 0; border-bottom: 1px solid var(--grid); overflow-wrap: break-word; }
thead th { color: var(--muted); font-weight: 600; }
tbody th { font-weight: 600; }
.result { font-weight: 700; color: var(--tone); white-space: nowrap; width: 1%; }
.links span { white-space: nowrap; }
.links a { padding: 2px 4px; }
td p { margin: 4px 0 0; color: var(--muted); }
.dense table { font-size: .8rem; }
.dense .links { min-width: 5.5em; }
.dense th, .dense td { padding-right: 8px; }
.dense thead th { font-size: .75rem; }
.dense td:not(.links), .dense tbody th { white-space: nowrap; }
td .range { margin: 0; font-size: .7rem; }
a { color: var(--hit); }
.notes { font-size: .9rem; color: var(--muted); padding-left: 20px; }
pre { background: var(--raised); border: 1px solid var(--grid); border-radius: 6px; padding: 12px 16px; white-space: pre-wrap; overflow-wrap: anywhere; font-size: .9rem; }
code { font-size: .95em; }
summary { cursor: pointer; padding: 8px 0; font-weight: 600; }
@media (max-width: 700px) {
  main { padding: 16px 16px 48px; }
  th, td { padding-right: 10px; }
  .result + th { width: 34%; }
  h1 { font-size: 1.45rem; }
  .wordy thead { display: none; }
  .wordy table, .wordy caption, .wordy tbody, .wordy tr, .wordy th, .wordy td { display: block; width: auto; border: 0; padding: 2px 0; }
  .wordy tr { border-bottom: 1px solid var(--grid); padding: 10px 0; }
  .wordy [data-title]::before { content: attr(data-title); display: block; color: var(--muted); font-size: .8rem; }
  .tiles { grid-template-columns: 1fr 1fr; }
  .tiles dd { font-size: 1.3rem; }
  figure svg.wide { display: none; }
  figure svg.narrow { display: block; }
}
@media print { figure, tr { break-inside: avoid; } }
`;
