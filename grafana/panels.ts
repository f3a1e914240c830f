import { PanelBuilder as BarGauge } from '@grafana/grafana-foundation-sdk/bargauge';
import {
  BigValueGraphMode,
  BigValueTextMode,
  GraphDrawStyle,
  GraphThresholdsStyleConfigBuilder,
  GraphThresholdsStyleMode,
  HeatmapCellLayout,
  LegendDisplayMode,
  LegendPlacement,
  LineInterpolation,
  ReduceDataOptionsBuilder,
  SortOrder,
  StackingConfigBuilder,
  StackingMode,
  TooltipDisplayMode,
  VisibilityMode,
  VizLegendOptionsBuilder,
  VizOrientation,
  VizTooltipOptionsBuilder,
} from '@grafana/grafana-foundation-sdk/common';
import * as sdk from '@grafana/grafana-foundation-sdk/dashboard';
import {
  CellValuesBuilder,
  PanelBuilder as Heatmap,
  HeatmapColorMode,
  HeatmapColorOptionsBuilder,
  HeatmapColorScale,
  HeatmapTooltipBuilder,
  RowsHeatmapOptionsBuilder,
  YAxisConfigBuilder,
} from '@grafana/grafana-foundation-sdk/heatmap';
import { type DataqueryBuilder, PromQueryFormat } from '@grafana/grafana-foundation-sdk/prometheus';
import { PanelBuilder as Stat } from '@grafana/grafana-foundation-sdk/stat';
import { PanelBuilder as StateTimeline } from '@grafana/grafana-foundation-sdk/statetimeline';
import { PanelBuilder as TimeSeries } from '@grafana/grafana-foundation-sdk/timeseries';
import { atTheEnd, colored, dressed, type Look, overTime, type Panel } from './look.ts';

const everyLine = () =>
  new VizLegendOptionsBuilder()
    .showLegend(true)
    .displayMode(LegendDisplayMode.List)
    .placement(LegendPlacement.Bottom);

/** Lines over time, the highest value of each in the legend; `stacked` as bars that add up. */
export function timeSeries(look: Look, shape: 'lines' | 'stacked' = 'lines'): Panel {
  const panel = colored(dressed(new TimeSeries(), look, overTime), look)
    .lineInterpolation(LineInterpolation.StepAfter)
    .showPoints(VisibilityMode.Never)
    .legend(everyLine().calcs(['max']))
    .tooltip(new VizTooltipOptionsBuilder().mode(TooltipDisplayMode.Multi).sort(SortOrder.Descending));
  if (Object.keys(look.limits).length > 0)
    panel.thresholdsStyle(new GraphThresholdsStyleConfigBuilder().mode(GraphThresholdsStyleMode.Dashed));
  if (shape === 'lines') return panel;
  return panel
    .drawStyle(GraphDrawStyle.Bars)
    .fillOpacity(80)
    .lineWidth(0)
    .stacking(new StackingConfigBuilder().mode(StackingMode.Normal).group('A'));
}

/** A histogram's buckets over time, in the look's unit. A cell is a count: the more, the stronger the colour. */
export function heatmap(look: Look, color: string): Panel {
  const buckets = (query: DataqueryBuilder) => void query.range().format(PromQueryFormat.Heatmap);
  return dressed(new Heatmap(), look, buckets)
    .unit('short')
    .calculate(false)
    .rowsFrame(new RowsHeatmapOptionsBuilder().layout(HeatmapCellLayout.Le).value('count'))
    .yAxis(new YAxisConfigBuilder().unit(look.unit))
    .cellValues(new CellValuesBuilder().unit('short').decimals(0))
    .color(
      new HeatmapColorOptionsBuilder()
        .mode(HeatmapColorMode.Opacity)
        .fill(color)
        .scale(HeatmapColorScale.Exponential)
        .exponent(0.5)
        .scheme('Oranges')
        .steps(64),
    )
    .tooltip(
      new HeatmapTooltipBuilder().mode(TooltipDisplayMode.Single).yHistogram(true).showColorScale(true),
    );
}

/** One bar for each series, over the whole time range. Green, yellow and red only where there are limits. */
export function bars(look: Look): Panel {
  const panel = dressed(new BarGauge(), look, atTheEnd)
    .orientation(VizOrientation.Horizontal)
    .reduceOptions(new ReduceDataOptionsBuilder().calcs(['lastNotNull']));
  return Object.keys(look.limits).length > 0 ? panel : colored(panel, look);
}

/** What holds at the end of the time range, large; `text`: the value, the name of the series, or both. */
export function stat(look: Look, text: 'value' | 'name' | 'value_and_name', none: string): Panel {
  return colored(dressed(new Stat(), look, atTheEnd), look)
    .graphMode(BigValueGraphMode.None)
    .textMode(TEXTS[text])
    .noValue(none)
    .reduceOptions(new ReduceDataOptionsBuilder().calcs(['lastNotNull']));
}

const TEXTS = {
  value: BigValueTextMode.Value,
  name: BigValueTextMode.Name,
  value_and_name: BigValueTextMode.ValueAndName,
};

/** A band for each series, coloured by state; `named`: the name and colour of each value. */
export function states(
  look: Look,
  named: Readonly<Record<string, readonly [text: string, color: string]>>,
): Panel {
  const options = Object.fromEntries(
    Object.entries(named).map(([value, [text, color]], index) => [value, { text, color, index }]),
  );
  return dressed(new StateTimeline(), look, overTime)
    .mappings([{ type: sdk.MappingType.ValueToText, options }])
    .legend(everyLine())
    .showValue(VisibilityMode.Auto)
    .mergeValues(true);
}
