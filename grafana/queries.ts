import type { Panel } from '@grafana/grafana-foundation-sdk/dashboard';
import type { TimeRange } from '../prometheus/api.ts';
import { dashboardOf } from './board.ts';
import { boards } from './boards/index.ts';

/** One query of one panel. */
export interface PanelQuery {
  readonly board: string;
  readonly panel: string;
  readonly type: string;
  readonly unit: string;
  readonly legend: string;
  readonly expr: string;
  /** Asked for the end of the time range only. */
  readonly instant: boolean;
  /** The names that the panel colours, and whether the query is drawn as a bound, without a colour of its own. */
  readonly colors: { readonly names: readonly string[]; readonly bound: boolean };
}

interface QueryTarget {
  readonly refId: string;
  readonly expr: string;
  readonly legendFormat: string;
  readonly instant?: boolean;
}

/** What the panel's overrides of a kind are for. */
const overridden = ({ fieldConfig }: Panel, id: 'byName' | 'byFrameRefID'): string[] =>
  (fieldConfig?.overrides ?? []).flatMap(({ matcher }) => (matcher.id === id ? [matcher.options] : []));

/** Every query of every board, as its JSON has it. */
export const panelQueries = (): PanelQuery[] =>
  boards.flatMap((board) =>
    (dashboardOf(board).panels ?? []).flatMap((panel) =>
      'targets' in panel
        ? ((panel.targets ?? []) as unknown as QueryTarget[]).map(
            ({ refId, expr, legendFormat, instant = false }) => ({
              board: board.uid,
              panel: panel.title ?? '',
              type: panel.type,
              unit: panel.fieldConfig?.defaults?.unit ?? '',
              legend: legendFormat,
              expr,
              instant,
              colors: {
                names: overridden(panel, 'byName'),
                bound: overridden(panel, 'byFrameRefID').includes(refId),
              },
            }),
          )
        : [],
    ),
  );

/** Steps that Grafana rounds to: up to each bound in seconds, the step. */
const STEPS: readonly (readonly [below: number, step: number])[] = [
  [1.5, 1],
  [3.5, 2],
  [7.5, 5],
  [12.5, 10],
  [17.5, 15],
  [25, 20],
  [45, 30],
  [90, 60],
];

/** Points that a panel over half of a common screen draws at most: its width in pixels. */
const POINTS = 900;

/** The step at which Grafana asks for a range, in seconds: at least a scrape, and no more points than pixels. */
export const stepOf = ({ start, end }: TimeRange): number =>
  STEPS.find(([below]) => (end - start) / POINTS < below)?.[1] ?? 120;

/** The expression with Grafana's variables in place, as Grafana would ask it for that range. */
export const asAsked = (expr: string, range: TimeRange, stepSeconds = stepOf(range)): string =>
  expr
    .replaceAll('$__interval', `${stepSeconds}s`)
    .replaceAll('$__range_s', `${Math.ceil(range.end - range.start)}`)
    .replaceAll('$__range', `${Math.ceil(range.end - range.start)}s`)
    .replaceAll('$strategy', '.*')
    .replaceAll('$run', '.*');
