import { PanelBuilder as BarGauge } from '@grafana/grafana-foundation-sdk/bargauge';
import type { Builder } from '@grafana/grafana-foundation-sdk/cog';
import {
  BigValueGraphMode,
  GraphDrawStyle,
  GraphThresholdsStyleConfigBuilder,
  GraphThresholdsStyleMode,
  LineInterpolation,
  ReduceDataOptionsBuilder,
  StackingConfigBuilder,
  StackingMode,
  TooltipDisplayMode,
  VisibilityMode,
  VizOrientation,
  VizTooltipOptionsBuilder,
} from '@grafana/grafana-foundation-sdk/common';
import * as sdk from '@grafana/grafana-foundation-sdk/dashboard';
import { PanelBuilder as Heatmap } from '@grafana/grafana-foundation-sdk/heatmap';
import { DataqueryBuilder, PromQueryFormat } from '@grafana/grafana-foundation-sdk/prometheus';
import { PanelBuilder as Stat } from '@grafana/grafana-foundation-sdk/stat';
import { PanelBuilder as StateTimeline } from '@grafana/grafana-foundation-sdk/statetimeline';
import { PanelBuilder as TimeSeries } from '@grafana/grafana-foundation-sdk/timeseries';
import { DATA_SOURCE } from './data-source.ts';

/** A PromQL expression and how its series are called, Grafana's way: `{{label}}`. */
export interface Query {
  readonly expr: string;
  readonly legend: string;
  /** Drawn as a dashed line: what the others are held against. */
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
}

export type Panel = Builder<sdk.Panel>;

const HEIGHT = 8;

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
  withTarget(query: DataqueryBuilder): P;
}

function dressed<P extends AnyPanel<P>>(panel: P, look: Look, ask: (query: DataqueryBuilder) => void): P {
  const steps: sdk.Threshold[] = [{ color: 'green', value: null }];
  if (look.limits.warn !== undefined) steps.push({ color: 'yellow', value: look.limits.warn });
  if (look.limits.bad !== undefined) steps.push({ color: 'red', value: look.limits.bad });
  panel
    .title(look.title)
    .description(look.description)
    .unit(look.unit)
    .height(HEIGHT)
    .span(look.span)
    .min(0)
    .datasource(DATA_SOURCE)
    .thresholds(new sdk.ThresholdsConfigBuilder().mode(sdk.ThresholdsMode.Absolute).steps(steps));
  for (const [index, { expr, legend }] of look.queries.entries()) {
    const query = new DataqueryBuilder()
      .refId(String.fromCharCode(65 + index))
      .datasource(DATA_SOURCE)
      .expr(expr)
      .legendFormat(legend);
    ask(query);
    panel.withTarget(query);
  }
  return panel;
}

const overTime = (query: DataqueryBuilder) => void query.range();
const atTheEnd = (query: DataqueryBuilder) => void query.instant();

/** Lines over time; `stacked` as bars that add up. */
export function timeSeries(look: Look, shape: 'lines' | 'stacked' = 'lines'): Panel {
  const panel = dressed(new TimeSeries(), look, overTime)
    .lineInterpolation(LineInterpolation.StepAfter)
    .showPoints(VisibilityMode.Never)
    .tooltip(new VizTooltipOptionsBuilder().mode(TooltipDisplayMode.Multi));
  if (Object.keys(look.limits).length > 0)
    panel.thresholdsStyle(new GraphThresholdsStyleConfigBuilder().mode(GraphThresholdsStyleMode.Dashed));
  for (const [index, { bound }] of look.queries.entries()) {
    if (!bound) continue;
    panel.overrideByQuery(String.fromCharCode(65 + index), [
      { id: 'custom.lineStyle', value: { fill: 'dash', dash: [8, 8] } },
      { id: 'color', value: { mode: 'fixed', fixedColor: 'red' } },
    ]);
  }
  if (shape === 'lines') return panel;
  return panel
    .drawStyle(GraphDrawStyle.Bars)
    .fillOpacity(80)
    .lineWidth(0)
    .stacking(new StackingConfigBuilder().mode(StackingMode.Normal).group('A'));
}

/** A histogram's buckets over time, the more the darker. */
export function heatmap(look: Look): Panel {
  const buckets = (query: DataqueryBuilder) => void query.range().format(PromQueryFormat.Heatmap);
  return dressed(new Heatmap(), look, buckets).calculate(false);
}

/** One bar for each series, over the whole time range. */
export function bars(look: Look): Panel {
  return dressed(new BarGauge(), look, atTheEnd)
    .orientation(VizOrientation.Horizontal)
    .reduceOptions(new ReduceDataOptionsBuilder().calcs(['lastNotNull']));
}

/** The newest value, large. */
export function stat(look: Look): Panel {
  return dressed(new Stat(), look, overTime)
    .graphMode(BigValueGraphMode.Area)
    .reduceOptions(new ReduceDataOptionsBuilder().calcs(['lastNotNull']));
}

/** A band for each series, coloured by state; `states`: the name and colour of each value. */
export function states(
  look: Look,
  named: Readonly<Record<string, readonly [text: string, color: string]>>,
): Panel {
  const options = Object.fromEntries(
    Object.entries(named).map(([value, [text, color]], index) => [value, { text, color, index }]),
  );
  return dressed(new StateTimeline(), look, overTime)
    .mappings([{ type: sdk.MappingType.ValueToText, options }])
    .showValue(VisibilityMode.Auto)
    .mergeValues(true);
}
