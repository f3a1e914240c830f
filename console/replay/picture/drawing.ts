import type { Scene } from '../../scene/scene.ts';
import type { SceneState } from '../../scene/state.ts';
import type { Colors } from './colors.ts';
import { type Layout, type Rect, TITLE_HEIGHT } from './layout.ts';
import type { Peaks } from './peaks.ts';

/** What every part of a drawing needs. */
export interface Drawing {
  readonly canvas: CanvasRenderingContext2D;
  readonly colors: Colors;
  readonly layout: Layout;
  readonly peaks: Peaks;
  readonly scene: Scene;
  readonly state: SceneState;
  /** How long a dot takes from one place to the next, in the time of the run. */
  readonly travelMs: number;
}

export const FONT = 'system-ui, sans-serif';

/** Writes the title of a part above it. */
export const title = (drawing: Drawing, words: string, { x, y }: Rect, color: string): void =>
  text(drawing, words, x, Math.max(TITLE_HEIGHT, y) - 9, { color, weight: 600 });

export function box(
  { canvas, colors }: Drawing,
  { x, y, w, h }: Rect,
  fill: string,
  stroke = colors.grid,
): void {
  canvas.fillStyle = fill;
  canvas.strokeStyle = stroke;
  canvas.lineWidth = stroke === colors.grid ? 1 : 2.5;
  canvas.beginPath();
  canvas.roundRect(x, y, w, h, 6);
  canvas.fill();
  canvas.stroke();
  canvas.lineWidth = 1;
}

interface TextStyle {
  readonly color: string;
  readonly size?: number;
  readonly weight?: number;
  readonly align?: 'left' | 'right' | 'center';
  readonly most?: number;
}

/** Writes a text whose middle is at this height. */
export function text(
  { canvas }: Drawing,
  words: string,
  x: number,
  y: number,
  { color, size = 13, weight = 400, align = 'left', most }: TextStyle,
): void {
  canvas.font = `${weight} ${size}px ${FONT}`;
  canvas.fillStyle = color;
  canvas.textAlign = align;
  canvas.textBaseline = 'middle';
  canvas.fillText(words, x, y, most);
}
