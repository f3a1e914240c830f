import type { SceneWrite } from '../../scene/scene.ts';
import { type Drawing, text } from './drawing.ts';
import { between, type Point } from './layout.ts';

/** For how many travels the outcome of a write is shown. */
const [SHOWN_ACCEPTED, SHOWN_REFUSED] = [3, 8];

/** Draws the writes that are on their way to the store, and what became of those that just arrived. */
export function drawWrites(drawing: Drawing): void {
  const { scene, state, travelMs } = drawing;
  for (const write of scene.writes) {
    const shown = (write.accepted ? SHOWN_ACCEPTED : SHOWN_REFUSED) * travelMs;
    const sinceMs = state.atMs - write.atMs;
    if (sinceMs < -travelMs || sinceMs > shown) continue;
    const from = sourceOf(drawing, write);
    const gate = gateOf(drawing, write);
    if (sinceMs < 0) packet(drawing, between(from, gate, 1 + sinceMs / travelMs), false);
    else if (write.accepted) pulse(drawing, sinceMs / shown);
    else bounce(drawing, gate, sinceMs / travelMs);
  }
}

function sourceOf({ layout }: Drawing, { member }: SceneWrite): Point {
  const rect = layout.members[member];
  return rect ? { x: rect.x + rect.w, y: rect.y + rect.h / 2 } : { x: 0, y: 0 };
}

const isAbove = ({ layout: { store, members } }: Drawing): boolean => store.y > (members.at(-1)?.y ?? 0);

/** Where a write meets the fence. */
function gateOf(drawing: Drawing, { member }: SceneWrite): Point {
  const { store, members } = drawing.layout;
  const rect = members[member];
  const y = rect ? rect.y + rect.h / 2 : 0;
  if (isAbove(drawing)) return { x: store.x + 30, y: store.y - 8 };
  return { x: store.x - 8, y: Math.max(store.y + 16, Math.min(store.y + store.h - 16, y)) };
}

function packet({ canvas, colors }: Drawing, { x, y }: Point, isRefused: boolean): void {
  canvas.fillStyle = isRefused ? colors.fail : colors.pass;
  canvas.beginPath();
  canvas.roundRect(x - 8, y - 6, 16, 12, 3);
  canvas.fill();
  canvas.strokeStyle = colors.surface;
  canvas.beginPath();
  canvas.moveTo(x - 7, y - 5);
  canvas.lineTo(x, y + 1);
  canvas.lineTo(x + 7, y - 5);
  canvas.stroke();
}

function pulse({ canvas, colors, layout: { store } }: Drawing, share: number): void {
  canvas.strokeStyle = colors.pass;
  canvas.globalAlpha = 1 - share;
  canvas.lineWidth = 4;
  canvas.beginPath();
  canvas.roundRect(store.x - 6 * share, store.y - 6 * share, store.w + 12 * share, store.h + 12 * share, 8);
  canvas.stroke();
  canvas.lineWidth = 1;
  canvas.globalAlpha = 1;
}

/** Draws a refused write: it flies back from the fence, falls, and lies there. */
function bounce(drawing: Drawing, gate: Point, travels: number): void {
  const { canvas, colors } = drawing;
  const share = Math.min(1, travels / 1.5);
  const hop = Math.sin(share * Math.PI) * 26;
  const at = isAbove(drawing)
    ? { x: gate.x + 40 * share, y: gate.y - 34 * share - hop / 2 }
    : { x: gate.x - 70 * share, y: gate.y + 14 * share - hop };
  canvas.strokeStyle = colors.fail;
  canvas.lineWidth = 3;
  canvas.globalAlpha = Math.max(0, 1 - travels / 3);
  canvas.beginPath();
  canvas.arc(gate.x, gate.y, 6 + 22 * share, 0, 2 * Math.PI);
  canvas.stroke();
  canvas.globalAlpha = 1;
  canvas.lineWidth = 1;
  packet(drawing, at, true);
  const style = { color: colors.fail, weight: 700 };
  text(drawing, '✗ refused', at.x + 2, at.y - 16, { ...style, align: 'center' });
}
