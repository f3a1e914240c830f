import type { EChartsOption } from 'echarts';
import { BarChart, CustomChart } from 'echarts/charts';
import { GridComponent } from 'echarts/components';
import * as echarts from 'echarts/core';
import { SVGRenderer } from 'echarts/renderers';
import { html, type Markup, trusted } from '../html/markup.ts';
import { drawMark, FONT, type Mark } from './marks.ts';
import { color } from './palette.ts';

echarts.use([BarChart, CustomChart, GridComponent, SVGRenderer]);

/** A picture: its size, and what is in it. */
export interface Picture {
  readonly width: number;
  readonly height: number;
  readonly option: EChartsOption;
}

/** A picture for each width of a page, with its words for who cannot see it. */
export interface Chart {
  readonly title: string;
  readonly description: string;
  draw(width: number): Picture;
}

const [WIDE, NARROW] = [1080, 360];

/** What ECharts adds for a mouse, which a page without a script does not need. Text cannot look like it: its quotes are escaped. */
const NEEDLESS = / (class="zr[^"]*"|pointer-events="visible"|xml:space="preserve"|ecmeta_\w+="[^"]*")/g;

/** Draws a picture as SVG, without a script and without an animation. */
export function svgOf({ width, height, option }: Picture): string {
  const chart = echarts.init(null, null, { renderer: 'svg', ssr: true, width, height });
  chart.setOption({ animation: false, textStyle: { fontFamily: FONT, color: color('ink') }, ...option });
  const svg = chart.renderToSVGString();
  chart.dispose();
  return svg.replace(/<style.*?<\/style>\s*/gs, '').replace(NEEDLESS, '');
}

/** Draws a chart twice, for wide and for narrow pages; the page shows the one that fits. */
export const figureOf = (chart: Chart, caption: Markup): Markup => html`<figure>
${[WIDE, NARROW].map((width) => labelled(chart, width))}
<figcaption>${caption}</figcaption>
</figure>`;

function labelled(chart: Chart, width: number): Markup {
  const picture = chart.draw(width);
  const size = width === WIDE ? 'wide' : 'narrow';
  const head = html`<svg class="${size}" role="img" aria-label="${`${chart.title}. ${chart.description}`}" viewBox="0 0 ${width} ${picture.height}" xmlns="http://www.w3.org/2000/svg">`;
  return html`${head}${trusted(svgOf(picture).replace(/^<svg[^>]*>/, ''))}
`;
}

/** What the axis of a picture of marks is like. */
export interface MarksAxis {
  readonly from: number;
  readonly until: number;
  /** The size of its labels, in pixels. */
  readonly size?: number;
  readonly isLogarithmic?: boolean;
  /** Whether the ends are worth a label. */
  readonly showsEnds?: boolean;
  /** Whether the marks draw what is seen of the axis. */
  readonly isHidden?: boolean;
  format(value: number): string;
}

export interface MarksPicture {
  readonly width: number;
  readonly height: number;
  /** What is kept free at the left, for names. */
  readonly left: number;
  readonly axis: MarksAxis;
  readonly marks: readonly Mark[];
}

const [RIGHT, BOTTOM] = [16, 28];

/** Lays marks out over one horizontal axis. */
export const pictureOfMarks = ({ width, height, left, axis, marks }: MarksPicture): Picture => ({
  width,
  height,
  option: {
    grid: { left, right: RIGHT, top: 0, bottom: BOTTOM },
    xAxis: {
      show: !axis.isHidden,
      type: axis.isLogarithmic ? 'log' : 'value',
      min: axis.from,
      max: axis.until,
      splitNumber: width < WIDE ? 4 : 10,
      axisLine: { lineStyle: { color: color('grid') } },
      axisTick: { lineStyle: { color: color('grid') } },
      splitLine: { show: true, lineStyle: { color: color('grid'), opacity: 0.6 } },
      axisLabel: {
        color: color('muted'),
        fontSize: axis.size ?? 12,
        formatter: axis.format,
        hideOverlap: true,
        showMinLabel: axis.showsEnds ?? false,
        showMaxLabel: axis.showsEnds ?? false,
      },
    },
    yAxis: { type: 'value', min: 0, max: 1, show: false },
    series: [
      {
        type: 'custom',
        data: marks.map(() => [axis.from, 0]),
        renderItem: ({ dataIndex }, api) => drawMark(marks[dataIndex] as Mark, api),
        silent: true,
      },
    ],
  },
});
