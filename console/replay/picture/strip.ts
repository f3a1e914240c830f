import type { Colors } from './colors.ts';
import { FONT } from './drawing.ts';
import type { Strip } from './strip-levels.ts';

/** The heights of the strip and of its words. */
export const STRIP_HEIGHT = 54;
const WORDS_HEIGHT = 16;

interface StripDrawing {
  readonly canvas: CanvasRenderingContext2D;
  readonly colors: Colors;
  readonly width: number;
  readonly atMs: number;
  /** What a full column stands for. */
  readonly highest: number;
}

/** Draws a strip with the moment that is shown. */
export function drawStrip(
  { levels, fromMs, untilMs }: Strip,
  { canvas, colors, width, atMs, highest }: StripDrawing,
): void {
  canvas.clearRect(0, 0, width, STRIP_HEIGHT);
  const floor = STRIP_HEIGHT - 1;
  canvas.fillStyle = colors.recompute;
  levels.forEach((level, column) => {
    const height = level === 0 ? 0 : Math.max(2, (level / highest) * (floor - WORDS_HEIGHT));
    canvas.fillRect((column / levels.length) * width, floor - height, width / levels.length + 0.5, height);
  });
  canvas.strokeStyle = colors.grid;
  canvas.beginPath();
  canvas.moveTo(0, floor);
  canvas.lineTo(width, floor);
  canvas.stroke();
  const x = ((atMs - fromMs) / (untilMs - fromMs)) * width;
  canvas.fillStyle = colors.ink;
  canvas.fillRect(x - 1, WORDS_HEIGHT - 2, 2, STRIP_HEIGHT);
  canvas.fillStyle = colors.muted;
  canvas.font = `12px ${FONT}`;
  canvas.textAlign = 'left';
  canvas.textBaseline = 'top';
  canvas.fillText('recomputes at the origin, over the time that is shown', 0, 0, width);
}
