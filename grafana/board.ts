import {
  AnnotationQueryBuilder,
  type Dashboard,
  DashboardBuilder,
  DashboardCursorSync,
  DashboardLinkBuilder,
  DashboardLinkType,
  DatasourceVariableBuilder,
  QueryVariableBuilder,
  TimePickerBuilder,
  VariableRefresh,
  VariableSort,
} from '@grafana/grafana-foundation-sdk/dashboard';
import { DataqueryBuilder } from '@grafana/grafana-foundation-sdk/prometheus';
import { DATA_SOURCE, PROVISIONED } from './data-source.ts';
import { firstRow } from './first-row.ts';
import type { Panel } from './look.ts';

export interface Board {
  /** Its address and the name of its file. */
  readonly uid: string;
  readonly title: string;
  readonly description: string;
  readonly panels: readonly Panel[];
}

const TAG = 'dogpile';

/** The longest range in which single expiries can be told apart; in a longer one their marks would cover the charts. */
const LONGEST_WITH_BOUNDARIES_SECONDS = 600;

const markOf = (kind: string) =>
  `max_over_time(dogpile_lab_mark_timestamp_seconds{kind="${kind}", run=~"$run"}[$__interval]) * 1000`;

/** Moments that every chart shows. Each series holds the moment itself, so that none depends on when it was scraped. */
const MARKS = [
  {
    name: 'TTL boundaries',
    color: 'rgba(150, 150, 150, 0.6)',
    expr: `(dogpile_origin_last_expiry_timestamp_seconds{run=~"$run"} * 1000 > 0) and on () vector($__range_s) <= ${LONGEST_WITH_BOUNDARIES_SECONDS}`,
  },
  { name: 'runs', color: 'blue', expr: markOf('run') },
  { name: 'faults injected', color: 'red', expr: markOf('fault injected') },
  { name: 'faults healed', color: 'green', expr: markOf('fault healed') },
];

/** What the reader picks at the top: where the numbers come from, and the strategies and runs to see. */
const variables = () => [
  new DatasourceVariableBuilder('datasource').label('Data source').type('prometheus').current(PROVISIONED),
  anyOf('strategy', 'Strategy'),
  anyOf('run', 'Run'),
];

/** A metric that each replica has from its start. */
const EVERY_REPLICA = 'dogpile_claim_max_recomputes';

/** Values of a label to pick from, all of them at first. Where nothing has the label, "All" still matches everything. */
const anyOf = (label: string, title: string) =>
  new QueryVariableBuilder(label)
    .label(title)
    .datasource(DATA_SOURCE)
    .query({
      qryType: 1,
      query: `label_values(${EVERY_REPLICA}, ${label})`,
      refId: 'PrometheusVariableQueryEditor-VariableQuery',
    })
    .refresh(VariableRefresh.OnTimeRangeChanged)
    .sort(VariableSort.AlphabeticalAsc)
    .multi(true)
    .includeAll(true)
    .allValue('.*')
    .current({ text: ['All'], value: ['$__all'] });

/** Every panel of a board, in its order. */
const panelsOf = ({ panels }: Board): readonly Panel[] => [...firstRow(), ...panels];

/** The titles of the panels that may have nothing to show while everything is well. */
export const mayBeEmpty = (board: Board): ReadonlySet<string> =>
  new Set(panelsOf(board).flatMap((panel) => (panel.mayBeEmpty ? [panel.build().title ?? ''] : [])));

/** The dashboard as Grafana's file provisioning wants it: the classic JSON, its panels numbered in order. */
export function dashboardOf(board: Board): Dashboard {
  const { uid, title, description } = board;
  const builder = new DashboardBuilder(title)
    .uid(`${TAG}-${uid}`)
    .description(description)
    .tags([TAG])
    .editable()
    .timezone('browser')
    .time({ from: 'now-5m', to: 'now' })
    .refresh('5s')
    .timepicker(new TimePickerBuilder().refreshIntervals(['5s', '10s', '30s', '1m']))
    .tooltip(DashboardCursorSync.Crosshair)
    .link(
      new DashboardLinkBuilder('Boards')
        .type(DashboardLinkType.Dashboards)
        .tags([TAG])
        .keepTime(true)
        .includeVars(true),
    );
  for (const variable of variables()) builder.withVariable(variable);
  for (const { name, color, expr } of MARKS) {
    builder.annotation(
      new AnnotationQueryBuilder()
        .name(name)
        .datasource(DATA_SOURCE)
        .enable(true)
        .iconColor(color)
        .target(
          new DataqueryBuilder().refId('Anno').datasource(DATA_SOURCE).expr(expr).range().interval('1s'),
        )
        .titleFormat(name)
        .textFormat('{{name}}')
        .useValueForTime(true),
    );
  }
  for (const panel of panelsOf(board)) builder.withPanel(panel);
  const dashboard = withoutDefaults(builder.build());
  for (const [index, panel] of (dashboard.panels ?? []).entries()) panel.id = index + 1;
  return dashboard;
}

/** Takes out what the SDK adds unasked. */
function withoutDefaults(dashboard: Dashboard): Dashboard {
  // It hides switches and links in a menu. Without a placement they are in sight.
  for (const hidden of [...(dashboard.annotations?.list ?? []), ...(dashboard.links ?? [])])
    delete hidden.placement;
  // Only a variable that is an interval has these.
  for (const variable of dashboard.templating.list ?? []) {
    delete variable.auto;
    delete variable.auto_min;
    delete variable.auto_count;
  }
  return dashboard;
}
