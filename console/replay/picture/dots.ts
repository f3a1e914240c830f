import type { Dot } from '../../scene/state.ts';
import type { Colors } from './colors.ts';
import type { Drawing } from './drawing.ts';
import { between, heapSlotIn, inset, type Point, slotIn, spacingFor } from './layout.ts';

/** How far from the left edge requests come in and go out. */
const EDGE = 4;
/** The heaps at the origin leave room for words above. */
const [HEAP_INSET, QUEUE_TOP] = [8, 22];

/** Draws the requests as dots, each where it is or on its way there. */
export function drawDots(drawing: Drawing): void {
  const { canvas, colors, state, scene } = drawing;
  const slots = slotsOf(drawing);
  for (const dot of state.dots) {
    const at = pointOf(drawing, dot, slots);
    if (!at) continue;
    const isLeaving = dot.place === 'answered' || dot.place === 'failed';
    canvas.globalAlpha = isLeaving ? 0.8 : 1;
    canvas.fillStyle = colorOf(dot, colors);
    if (dot.place === 'failed') cross(drawing, at);
    else
      disc(canvas, at, dot.place === 'origin' || dot.place === 'queue' ? slots.originRadius : slots.radius);
    if (dot.place !== 'queue') continue;
    canvas.strokeStyle = colors.recompute;
    canvas.stroke();
  }
  canvas.globalAlpha = 1;
  for (const { call, place, member } of state.looseCalls) {
    const slot = place === 'queue' ? slots.nextQueued() : slots.nextRunning();
    const row = drawing.layout.members[member];
    const { arrivedMs = 0 } = scene.calls[call] ?? {};
    const from = row ? { x: row.x + row.w, y: row.y + row.h / 2 } : slot;
    const at = between(from, slot, (state.atMs - arrivedMs) / drawing.travelMs);
    canvas.strokeStyle = colors.recompute;
    canvas.lineWidth = 2;
    canvas.beginPath();
    canvas.arc(at.x, at.y, Math.max(1.5, slots.originRadius - 1), 0, 2 * Math.PI);
    canvas.stroke();
    canvas.lineWidth = 1;
  }
}

/** Gives out the places of the piles, one after the other. */
interface Slots {
  readonly radius: number;
  readonly originRadius: number;
  nextIn(member: number): Point | undefined;
  nextQueued(): Point;
  nextRunning(): Point;
}

function slotsOf({ layout, peaks }: Drawing): Slots {
  const [pile = { w: 1, h: 1 }] = layout.piles;
  // The last 40 pixels of a pile are for its count.
  const spacing = Math.min(13, spacingFor({ w: pile.w - 40, h: pile.h }, peaks.pile));
  const running = inset(layout.running, HEAP_INSET);
  const queue = inset(layout.queue, HEAP_INSET, QUEUE_TOP);
  const heapSpacing = Math.min(
    spacingFor(running, peaks.running),
    peaks.queued > 0 ? spacingFor(queue, peaks.queued) : running.w,
  );
  const taken = layout.piles.map(() => 0);
  let [queued, ran] = [0, 0];
  const hasQueue = layout.queue.h > 0;
  const nextRunning = () => heapSlotIn(running, heapSpacing, ran++);
  return {
    radius: Math.max(1, spacing * 0.42),
    originRadius: Math.max(1, heapSpacing * 0.42),
    nextIn(member) {
      const rect = layout.piles[member];
      if (!rect) return undefined;
      const index = taken[member] ?? 0;
      taken[member] = index + 1;
      return slotIn(rect, spacing, index);
    },
    // Where nothing queues for long, who does so for a moment is drawn as running.
    nextQueued: () => (hasQueue ? heapSlotIn(queue, heapSpacing, queued++) : nextRunning()),
    nextRunning,
  };
}

function pointOf({ layout, scene, state, travelMs }: Drawing, dot: Dot, slots: Slots): Point | undefined {
  const { place, sinceMs, member, request } = dot;
  const row = member === undefined ? undefined : layout.members[member];
  if (!row || member === undefined) return { x: EDGE, y: layout.height / 2 };
  const { dueMs = 0 } = scene.requests[request] ?? {};
  const { atMs } = state;
  // Requests come and go at heights of their own, so that they do not hide each other.
  const spread = ((request * 37) % 100) / 100;
  const door = { x: row.x + row.w + 6, y: row.y + row.h * (0.15 + 0.7 * spread) };
  const edge = { x: EDGE, y: door.y };
  if (place === 'answered' || place === 'failed') {
    const arrivedMs = dueMs + travelMs;
    if (atMs < arrivedMs) return between(edge, door, (atMs - dueMs) / travelMs);
    const leftMs = atMs - Math.max(sinceMs, arrivedMs);
    return leftMs > travelMs ? undefined : between(door, edge, leftMs / travelMs);
  }
  const share = (atMs - sinceMs) / travelMs;
  if (place === 'queue') return between(door, slots.nextQueued(), share);
  if (place === 'origin') return between(door, slots.nextRunning(), share);
  const slot = slots.nextIn(member) ?? door;
  return sinceMs > dueMs
    ? between({ x: layout.running.x, y: layout.running.y + 20 }, slot, share)
    : between(edge, slot, share);
}

function colorOf({ place, outcome }: Dot, colors: Colors): string {
  if (place === 'origin' || place === 'queue') return place === 'queue' ? colors.queue : colors.recompute;
  if (place === 'failed') return colors.fail;
  if (place === 'bench') return colors.wait;
  if (place === 'replica') return colors.muted;
  return outcome === 'waited' ? colors.wait : outcome === 'recomputed' ? colors.recompute : colors.hit;
}

function disc(canvas: CanvasRenderingContext2D, { x, y }: Point, radius: number): void {
  canvas.beginPath();
  canvas.arc(x, y, radius, 0, 2 * Math.PI);
  canvas.fill();
}

function cross({ canvas, colors }: Drawing, { x, y }: Point): void {
  canvas.strokeStyle = colors.fail;
  canvas.beginPath();
  canvas.moveTo(x - 3, y - 3);
  canvas.lineTo(x + 3, y + 3);
  canvas.moveTo(x + 3, y - 3);
  canvas.lineTo(x - 3, y + 3);
  canvas.stroke();
}
