import {
  AnnotationQueryBuilder,
  type Dashboard,
  DashboardBuilder,
  DashboardCursorSync,
  DashboardLinkBuilder,
  DashboardLinkType,
  TimePickerBuilder,
} from '@grafana/grafana-foundation-sdk/dashboard';
import { DATA_SOURCE } from './data-source.ts';
import type { Panel } from './panels.ts';

export interface Board {
  /** Its address and the name of its file. */
  readonly uid: string;
  readonly title: string;
  readonly description: string;
  readonly panels: readonly Panel[];
}

const TAG = 'dogpile';

/** Moments that every chart shows. Each series holds the moment itself, so that none depends on when it was scraped. */
const MARKS = [
  {
    name: 'TTL boundaries',
    color: 'rgba(150, 150, 150, 0.6)',
    expr: 'dogpile_origin_last_expiry_timestamp_seconds * 1000 > 0',
  },
  { name: 'runs', color: 'blue', expr: 'dogpile_lab_mark_timestamp_seconds{kind="run"} * 1000' },
  {
    name: 'faults injected',
    color: 'red',
    expr: 'dogpile_lab_mark_timestamp_seconds{kind="fault injected"} * 1000',
  },
  {
    name: 'faults healed',
    color: 'green',
    expr: 'dogpile_lab_mark_timestamp_seconds{kind="fault healed"} * 1000',
  },
];

/** The dashboard as Grafana's file provisioning wants it: the classic JSON, its panels numbered in order. */
export function dashboardOf({ uid, title, description, panels }: Board): Dashboard {
  const builder = new DashboardBuilder(title)
    .uid(`${TAG}-${uid}`)
    .description(description)
    .tags([TAG])
    .readonly()
    .timezone('browser')
    .time({ from: 'now-5m', to: 'now' })
    .refresh('1s')
    .timepicker(new TimePickerBuilder().refreshIntervals(['1s', '5s', '30s']))
    .tooltip(DashboardCursorSync.Crosshair)
    .link(new DashboardLinkBuilder('Boards').type(DashboardLinkType.Dashboards).tags([TAG]).keepTime(true));
  for (const { name, color, expr } of MARKS) {
    builder.annotation(
      new AnnotationQueryBuilder()
        .name(name)
        .datasource(DATA_SOURCE)
        .enable(true)
        .iconColor(color)
        .expr(expr)
        .step('1s')
        .titleFormat(name)
        .textFormat('{{name}}')
        .useValueForTime(true),
    );
  }
  for (const panel of panels) builder.withPanel(panel);
  const dashboard = builder.build();
  for (const [index, panel] of (dashboard.panels ?? []).entries()) panel.id = index + 1;
  return dashboard;
}
