import type { Health } from '../../scene/health.ts';
import { box, type Drawing, text, title } from './drawing.ts';

const HEALTH: Readonly<Record<Health, string>> = {
  up: '',
  dead: 'dead',
  frozen: 'frozen',
  'cut off': 'cut off',
  struck: 'faulty',
};

/** Draws where the requests of each replica wait. */
export function drawPiles({ canvas, colors, layout, state }: Drawing): void {
  layout.piles.forEach(({ x, y, w, h }, index) => {
    const { health = 'up' } = state.members[index] ?? {};
    canvas.fillStyle = health === 'up' ? colors.raised : colors.fault;
    canvas.fillRect(x - 4, y, w + 8, h);
  });
}

/** Draws a row for each replica: its name, what is the matter with it, and how many requests wait there. */
export function drawMembers(drawing: Drawing): void {
  const { colors, layout, scene, state } = drawing;
  const [first] = layout.members;
  if (first) title(drawing, 'replicas, and the requests that wait there', first, colors.muted);
  const waiting = waitingBy(drawing);
  layout.members.forEach((rect, index) => {
    const { health = 'up' } = state.members[index] ?? {};
    const holds = state.lease?.lease.member === index;
    const pile = layout.piles[index];
    box(drawing, rect, health === 'up' ? colors.surface : colors.fault, holds ? colors.lease : colors.grid);
    const second = health === 'up' ? (holds ? 'has the lease' : '') : HEALTH[health];
    const isTall = rect.h >= 34;
    const middle = rect.y + rect.h / 2;
    text(drawing, scene.members[index] ?? '', rect.x + rect.w / 2, isTall && second ? middle - 8 : middle, {
      color: colors.ink,
      align: 'center',
      weight: 600,
      most: rect.w - 6,
    });
    if (isTall && second)
      text(drawing, second, rect.x + rect.w / 2, middle + 9, {
        color: health === 'up' ? colors.lease : colors.fail,
        align: 'center',
        size: 12,
        weight: 600,
        most: rect.w - 6,
      });
    const count = waiting[index] ?? 0;
    if (pile && count > 0)
      text(drawing, `${count}`, pile.x + pile.w + 2, middle, {
        color: colors.wait,
        align: 'right',
        weight: 600,
      });
  });
}

/** Counts the requests that wait at each replica. */
function waitingBy({ scene, state }: Drawing): number[] {
  const counts = scene.members.map(() => 0);
  for (const { place, member } of state.dots)
    if (member !== undefined && (place === 'bench' || place === 'replica'))
      counts[member] = (counts[member] ?? 0) + 1;
  return counts;
}
