import type { CustomSeriesRenderItemAPI, CustomSeriesRenderItemReturn } from 'echarts';
import { color } from './palette.ts';

/** A moment or a place: `x` in the units of the axis, vertical measures in pixels from the top. */
export type Mark = RectMark | LineMark | TextMark | SignMark | AreaMark;

export interface RectMark {
  readonly kind: 'rect';
  readonly from: number;
  readonly until: number;
  readonly top: number;
  readonly height: number;
  readonly fill?: string;
  readonly stroke?: string;
}
export interface LineMark {
  readonly kind: 'line';
  readonly from: readonly [x: number, y: number];
  readonly to: readonly [x: number, y: number];
  readonly stroke: string;
  readonly width?: number;
  readonly dashed?: boolean;
}
export interface TextMark {
  readonly kind: 'text';
  /** Without it, the text begins at the left edge of the picture. */
  readonly x?: number | undefined;
  /** Moves it, in pixels. */
  readonly dx?: number;
  readonly y: number;
  readonly text: string;
  readonly fill?: string;
  readonly align?: 'left' | 'center' | 'right';
  readonly size?: number;
  readonly bold?: boolean;
}
export interface SignMark {
  readonly kind: 'sign';
  readonly sign: 'diamond' | 'cross' | 'triangle';
  readonly x: number;
  readonly y: number;
  readonly fill: string;
  readonly size?: number;
}
/** A stepped area from a base line upwards. `heights`: in pixels, each from its moment to the next one. */
export interface AreaMark {
  readonly kind: 'area';
  readonly steps: readonly (readonly [x: number, height: number])[];
  readonly until: number;
  readonly base: number;
  readonly fill: string;
  readonly stroke?: string;
}

/** Names the font of all pictures. Without quotes: a picture has it in its attributes. */
export const FONT = 'system-ui, -apple-system, Roboto, sans-serif';

type Point = [number, number];

/** Draws a mark with ECharts' shapes. */
export function drawMark(mark: Mark, api: CustomSeriesRenderItemAPI): CustomSeriesRenderItemReturn {
  const at = (x: number): number => (api.coord([x, 0]) as Point)[0];
  switch (mark.kind) {
    case 'rect': {
      const x = at(mark.from);
      const shape = { x, y: mark.top, width: Math.max(1, at(mark.until) - x), height: mark.height };
      return { type: 'rect', shape, style: { fill: mark.fill ?? 'none', stroke: mark.stroke ?? 'none' } };
    }
    case 'line':
      return {
        type: 'line',
        shape: { x1: at(mark.from[0]), y1: mark.from[1], x2: at(mark.to[0]), y2: mark.to[1] },
        style: {
          stroke: mark.stroke,
          lineWidth: mark.width ?? 1,
          ...(mark.dashed && { lineDash: [4, 3] }),
        },
      };
    case 'text':
      return {
        type: 'text',
        style: {
          x: (mark.x === undefined ? 0 : at(mark.x)) + (mark.dx ?? 0),
          y: mark.y,
          text: mark.text,
          fill: mark.fill ?? color('ink'),
          fontSize: mark.size ?? 12,
          fontWeight: mark.bold ? 'bold' : 'normal',
          // A halo, so that words can be read across lines.
          stroke: color('surface'),
          lineWidth: 3,
          fontFamily: FONT,
          align: mark.align ?? 'left',
          verticalAlign: 'middle',
        },
      };
    case 'sign':
      return signed(mark, at(mark.x));
    case 'area': {
      const points: Point[] = [];
      for (const [index, [x, height]] of mark.steps.entries()) {
        const next = mark.steps[index + 1]?.[0] ?? mark.until;
        points.push([at(x), mark.base - height], [at(next), mark.base - height]);
      }
      const [first, last] = [mark.steps[0]?.[0] ?? mark.until, mark.until];
      const outline: Point[] = [[at(first), mark.base], ...withoutRepeats(points), [at(last), mark.base]];
      return {
        type: 'polygon',
        shape: { points: outline },
        style: { fill: mark.fill, stroke: mark.stroke ?? 'none', lineWidth: 1 },
      };
    }
  }
}

/** Leaves out the points in the middle of a level. */
const withoutRepeats = (points: readonly Point[]): Point[] =>
  points.filter(([, y], index) => points[index - 1]?.[1] !== y || points[index + 1]?.[1] !== y);

function signed({ sign, y, fill, size = 6 }: SignMark, x: number): CustomSeriesRenderItemReturn {
  if (sign === 'cross')
    return {
      type: 'path',
      shape: {
        d: `M${x - size} ${y - size}L${x + size} ${y + size}M${x - size} ${y + size}L${x + size} ${y - size}`,
      },
      style: { fill: 'none', stroke: fill, lineWidth: 2.5 },
    } as CustomSeriesRenderItemReturn;
  const points: Point[] =
    sign === 'diamond'
      ? [
          [x, y - size],
          [x + size, y],
          [x, y + size],
          [x - size, y],
        ]
      : [
          [x, y - size],
          [x + size, y + size],
          [x - size, y + size],
        ];
  return { type: 'polygon', shape: { points }, style: { fill, stroke: color('surface'), lineWidth: 1 } };
}
