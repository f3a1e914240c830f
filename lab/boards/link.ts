import { boardsThatRun } from './boards.ts';
import type { Boards } from './described.ts';

/** The boards to link to, by the uid in Grafana, and what Prometheus itself can show instead. */
const VIEWS = {
  herd: {
    uid: 'dogpile-herd',
    title: 'The herd',
    expr: 'sum by (run, by) (irate(dogpile_origin_recomputes_total[3s]))',
  },
  strategies: {
    uid: 'dogpile-strategies',
    title: 'Strategies',
    expr: 'max by (strategy) (run_strategy:dogpile_expiry_recomputes:latest)',
  },
} as const;

export interface View {
  readonly board: keyof typeof VIEWS;
  readonly fromMs: number;
  readonly toMs: number;
  /** Absent: every strategy, and every run. */
  readonly strategy?: string;
  readonly run?: string;
}

/** Says where to look at what has run, if boards are up. The address has a line of its own, for it may be long. */
export async function printLink(view: View): Promise<void> {
  const boards = await boardsThatRun();
  if (!boards) return;
  const where = boards.grafana ? `on the board ${VIEWS[view.board].title}` : 'in Prometheus';
  console.log(`${where}:\n${linkTo(boards, view)}`);
}

/** Gives the address of a view in Grafana, else in Prometheus. */
export const linkTo = (
  { prometheus, grafana }: Pick<Boards, 'prometheus' | 'grafana'>,
  view: View,
): string => (grafana ? grafanaLink(grafana.url, view) : prometheusLink(prometheus.url, view));

function grafanaLink(url: string, { board, fromMs, toMs, strategy, run }: View): string {
  const parameters = new URLSearchParams({
    from: `${fromMs}`,
    to: `${toMs}`,
    'var-strategy': strategy ?? '$__all',
    'var-run': run ?? '$__all',
  });
  return `${url}/d/${VIEWS[board].uid}?${parameters}`;
}

/** Version 3 takes the parameters of version 2's page as well. */
function prometheusLink(url: string, { board, fromMs, toMs }: View): string {
  const parameters = new URLSearchParams({
    'g0.expr': VIEWS[board].expr,
    'g0.tab': '0',
    'g0.range_input': `${Math.ceil((toMs - fromMs) / 1000)}s`,
    'g0.end_input': new Date(toMs).toISOString().slice(0, 19).replace('T', ' '),
    'g0.step_input': '1',
  });
  return `${url}/graph?${parameters}`;
}
