import type { Builder } from '@grafana/grafana-foundation-sdk/cog';
import * as sdk from '@grafana/grafana-foundation-sdk/dashboard';
import { DataqueryBuilder } from '@grafana/grafana-foundation-sdk/prometheus';
import { BOUND, COLORS, type Subject } from './colors.ts';
import { DATA_SOURCE } from './data-source.ts';

/** A PromQL expression and how its series are called, Grafana's way: `{{label}}`. */
export interface Query {
  readonly expr: string;
  readonly legend: string;
  /** What the others are held against: a dashed line in a chart, without a colour of its own. */
  readonly bound?: boolean;
}

/** What every panel says of itself. */
export interface Look {
  readonly title: string;
  /** What to look for. */
  readonly description: string;
  /** One of Grafana's unit ids. */
  readonly unit: string;
  readonly queries: readonly Query[];
  /** Columns of 24. */
  readonly span: number;
  /** From this value on it is worth a look, from that on it is bad. */
  readonly limits: { readonly warn?: number; readonly bad?: number };
  /** What the lines stand for: it gives them their colours. */
  readonly lines?: Subject;
  /** Rows of the grid. */
  readonly height?: number;
  /** Whether it may have nothing to show while everything is well. Else `make boards-check` calls that a finding. */
  readonly mayBeEmpty?: boolean;
}

export interface Panel extends Builder<sdk.Panel> {
  mayBeEmpty?: boolean;
}

const HEIGHT = 8;

/** As often as the lab scrapes; a data source elsewhere may be set to less. */
const SHORTEST_STEP = '1s';

const refIdOf = (index: number): string => String.fromCharCode(65 + index);

/** What all of the SDK's panel builders have in common, as far as it is used here. */
interface AnyPanel<P> {
  title(title: string): P;
  description(description: string): P;
  unit(unit: string): P;
  height(rows: number): P;
  span(columns: number): P;
  min(value: number): P;
  datasource(source: typeof DATA_SOURCE): P;
  thresholds(thresholds: Builder<sdk.ThresholdsConfig>): P;
  interval(step: string): P;
  overrideByName(name: string, properties: sdk.DynamicConfigValue[]): P;
  overrideByQuery(refId: string, properties: sdk.DynamicConfigValue[]): P;
  withTarget(query: DataqueryBuilder): P;
}

const painted = (color: string): sdk.DynamicConfigValue => ({
  id: 'color',
  value: { mode: 'fixed', fixedColor: color },
});

const DASHED: sdk.DynamicConfigValue = { id: 'custom.lineStyle', value: { fill: 'dash', dash: [8, 8] } };

export function dressed<P extends AnyPanel<P> & Panel>(
  panel: P,
  look: Look,
  ask: (query: DataqueryBuilder) => void,
): P {
  const steps: sdk.Threshold[] = [{ color: 'green', value: null }];
  if (look.limits.warn !== undefined) steps.push({ color: 'yellow', value: look.limits.warn });
  if (look.limits.bad !== undefined) steps.push({ color: 'red', value: look.limits.bad });
  panel.mayBeEmpty = look.mayBeEmpty ?? false;
  panel
    .title(look.title)
    .description(look.description)
    .unit(look.unit)
    .height(look.height ?? HEIGHT)
    .interval(SHORTEST_STEP)
    .span(look.span)
    .min(0)
    .datasource(DATA_SOURCE)
    .thresholds(new sdk.ThresholdsConfigBuilder().mode(sdk.ThresholdsMode.Absolute).steps(steps));
  for (const [index, { expr, legend, bound }] of look.queries.entries()) {
    const query = new DataqueryBuilder()
      .refId(refIdOf(index))
      .datasource(DATA_SOURCE)
      .expr(expr)
      .legendFormat(legend);
    ask(query);
    panel.withTarget(query);
    if (bound) panel.overrideByQuery(refIdOf(index), [painted(BOUND), DASHED]);
  }
  return panel;
}

/** Gives each name that a line may have its colour. Replicas beyond the known ones take Grafana's. */
export function colored<P extends AnyPanel<P>>(panel: P, { lines }: Look): P {
  for (const [name, color] of Object.entries(lines ? COLORS[lines] : {}))
    panel.overrideByName(name, [painted(color)]);
  return panel;
}

export const overTime = (query: DataqueryBuilder) => void query.range();
export const atTheEnd = (query: DataqueryBuilder) => void query.instant();
