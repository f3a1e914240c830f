import type { TimeRange } from '../prometheus/server.ts';
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
}

interface QueryTarget {
  readonly expr: string;
  readonly legendFormat: string;
}

/** Every query of every board, as its JSON has it. */
export const panelQueries = (): PanelQuery[] =>
  boards.flatMap((board) =>
    (dashboardOf(board).panels ?? []).flatMap((panel) =>
      'targets' in panel
        ? ((panel.targets ?? []) as unknown as QueryTarget[]).map(({ expr, legendFormat }) => ({
            board: board.uid,
            panel: panel.title ?? '',
            type: panel.type,
            unit: panel.fieldConfig?.defaults?.unit ?? '',
            legend: legendFormat,
            expr,
          }))
        : [],
    ),
  );

/** Scrape interval one second: four of them, as Grafana reckons. */
const RATE_INTERVAL = '4s';

/** The expression with Grafana's variables in place, as Grafana would ask it for that range. */
export const asAsked = (expr: string, { start, end }: TimeRange): string =>
  expr.replaceAll('$__rate_interval', RATE_INTERVAL).replaceAll('$__range', `${Math.ceil(end - start)}s`);
