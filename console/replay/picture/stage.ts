import { drawDots } from './dots.ts';
import { box, type Drawing, text, title } from './drawing.ts';
import { drawMembers, drawPiles } from './members.ts';
import { drawStore } from './store.ts';
import { drawWrites } from './writes.ts';

/** Draws a moment of a scene. */
export function drawStage(drawing: Drawing): void {
  const { canvas, layout } = drawing;
  canvas.clearRect(0, 0, layout.width, layout.height);
  drawOrigin(drawing);
  drawPiles(drawing);
  drawDots(drawing);
  drawStore(drawing);
  drawMembers(drawing);
  drawWrites(drawing);
}

function drawOrigin(drawing: Drawing): void {
  const { canvas, colors, layout, state } = drawing;
  const { running, queue } = layout;
  const { origin } = state;
  const health = state.others.find(({ name }) => name === 'origin')?.health ?? 'up';
  box(drawing, { ...running, h: running.h + queue.h }, health === 'up' ? colors.raised : colors.fault);
  const isBusy = origin.running + origin.queued > 0;
  title(drawing, 'slow origin', running, isBusy ? colors.recompute : colors.muted);
  text(drawing, `${origin.running} running`, running.x + running.w - 4, running.y - 9, {
    color: isBusy ? colors.recompute : colors.muted,
    align: 'right',
    weight: 600,
  });
  if (queue.h === 0) return;
  canvas.strokeStyle = colors.grid;
  canvas.setLineDash([4, 4]);
  canvas.beginPath();
  canvas.moveTo(queue.x + 6, queue.y);
  canvas.lineTo(queue.x + queue.w - 6, queue.y);
  canvas.stroke();
  canvas.setLineDash([]);
  text(drawing, `${origin.queued} in its queue`, queue.x + 8, queue.y + 12, {
    color: origin.queued > 0 ? colors.recompute : colors.muted,
    size: 12,
  });
}
