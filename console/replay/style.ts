/** The style of a replay, wherever it is shown. The page around it declares the colours of report/charts/palette.ts. */
export const REPLAY_STYLE = `
.stage { border: 1px solid var(--grid); border-radius: 8px; padding: 12px 16px; margin: 12px 0; }
.stage h2 { font-size: 1.2rem; margin: 0; }
.stage h2 small { color: var(--muted); font-weight: 400; font-size: .9rem; display: block; }
.stage .now { margin: 4px 0 8px; max-width: none; min-height: 3em; }
.stage .now strong { display: block; }
.stage canvas { display: block; max-width: 100%; }
.stage .strip { margin-top: 10px; }
.stage header { display: flex; justify-content: space-between; gap: 4px 24px; }
.stage dl { display: grid; grid-template-columns: repeat(4, auto); gap: 2px 28px; margin: 0; }
@media (min-width: 700px) { .stage dt { white-space: nowrap; } }
.stage dt { color: var(--muted); font-size: .85rem; line-height: 1.25; }
.stage dd { margin: 0; font-size: 1.35rem; font-weight: 600; line-height: 1.3; font-variant-numeric: tabular-nums; min-width: 4.2em; white-space: nowrap; }
.stage .busy { color: var(--recompute); }
.legend { display: flex; flex-wrap: wrap; gap: 2px 18px; list-style: none; margin: 8px 0; padding: 0; max-width: none; font-size: .9rem; }
.legend li { display: flex; align-items: center; gap: 6px; }
.legend i { width: 11px; height: 11px; border-radius: 50%; flex: none; }
.legend .hit { background: var(--hit); } .legend .muted { background: var(--muted); } .legend .wait { background: var(--wait); }
.legend .recompute { background: var(--recompute); } .legend .queue { background: var(--queue); outline: 1px solid var(--recompute); }
.legend .ring { border: 2px solid var(--recompute); } .legend .lease { background: var(--lease); border-radius: 2px; height: 8px; width: 18px; }
.legend .pass { background: var(--pass); border-radius: 2px; width: 16px; } .legend .fail { background: var(--fail); border-radius: 2px; width: 16px; }
.controls { position: sticky; bottom: 0; display: flex; flex-wrap: wrap; align-items: center; gap: 8px; background: var(--surface); border-top: 1px solid var(--grid); padding: 10px 0; }
.controls button, .controls select { font: inherit; color: var(--ink); background: var(--raised); border: 1px solid var(--muted); border-radius: 6px; padding: 4px 12px; min-height: 36px; }
.controls .play { min-width: 84px; font-weight: 600; color: var(--surface); background: var(--ink); border-color: var(--ink); }
.controls .time { font-variant-numeric: tabular-nums; min-width: 12em; }
.controls input { flex: 1 1 100%; min-width: 0; margin: 0; height: 24px; accent-color: var(--recompute); }
:focus-visible { outline: 3px solid var(--hit); outline-offset: 2px; }
.chapters ol { margin: 0; padding: 0; list-style: none; }
.chapters button { display: block; width: 100%; text-align: left; font: inherit; color: var(--ink); background: none; border: 0; border-left: 4px solid transparent; padding: 3px 8px; cursor: pointer; }
.chapters button:hover { background: var(--raised); }
.chapters [aria-current] { border-left-color: var(--recompute); background: var(--raised); }
.chapters time { color: var(--muted); display: inline-block; min-width: 13em; font-variant-numeric: tabular-nums; }
.unseen { position: absolute; width: 1px; height: 1px; margin: -1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
@media (max-width: 700px) {
  .stage header { flex-wrap: wrap; }
  .stage { padding: 10px; margin: 10px 0; }
  .stage .now { min-height: 6em; }
  .stage dl { grid-template-columns: 1fr 1fr; }
  .controls button, .controls select { padding: 4px 9px; }
  .chapters time { display: block; }
}
`;
