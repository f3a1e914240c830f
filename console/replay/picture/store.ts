import { fenceText } from '../../scene/moments.ts';
import { box, type Drawing, text, title } from './drawing.ts';

/** Draws the cache: its value, and the lease as a bar that gets shorter until it is renewed. */
export function drawStore(drawing: Drawing): void {
  const { canvas, colors, layout, scene, state } = drawing;
  const { store } = layout;
  const health = state.others.find(({ name }) => name === 'redis')?.health ?? 'up';
  title(drawing, 'Redis, the cache', store, colors.muted);
  box(drawing, store, health === 'up' ? colors.raised : colors.fault);
  const left = store.x + 14;
  const most = store.w - 24;
  const { version, replacing } = state.value;
  // An early refresh replaces a value that is still fresh.
  const isOld = version === undefined || (replacing !== undefined && !scene.early);
  text(drawing, version === undefined ? 'no value yet' : `version ${version}`, left, store.y + 20, {
    color: isOld ? colors.recompute : colors.pass,
    size: 16,
    weight: 700,
    most,
  });
  text(drawing, valueWords(drawing), left, store.y + 42, {
    color: isOld ? colors.recompute : colors.pass,
    most,
  });
  if (scene.leases.length === 0) {
    text(drawing, 'no lease is taken', left, store.y + 82, { color: colors.muted, most });
    return;
  }
  drawFence(drawing);
  const bar = { x: left, y: store.y + 94, w: most, h: 14 };
  box(drawing, bar, colors.surface);
  const { lease } = state;
  if (!lease) {
    text(drawing, 'the lease is free', left, store.y + 80, { color: colors.muted, most });
    return;
  }
  const holder = scene.members[lease.lease.member] ?? '';
  const leftMs = Math.max(0, lease.runsOutMs - state.atMs);
  text(drawing, `lease of ${holder}`, left, store.y + 80, { color: colors.lease, weight: 600, most });
  canvas.fillStyle = colors.lease;
  canvas.fillRect(bar.x, bar.y, bar.w * Math.min(1, leftMs / scene.settings.leaseMs), bar.h);
  text(
    drawing,
    `${Math.round(leftMs)} ms left · fence ${fenceText(lease.lease.fence)}`,
    left,
    store.y + 124,
    {
      color: colors.lease,
      size: 12,
      most,
    },
  );
}

function valueWords({ scene, state }: Drawing): string {
  const { version, replacing } = state.value;
  if (version === undefined) return 'the cache is empty';
  if (replacing === undefined) return 'in the cache';
  const ageMs = Math.round(state.atMs - replacing);
  return scene.early ? `refresh began ${ageMs} ms ago` : `expired ${ageMs} ms ago`;
}

/** Draws the fence: the edge that a write must pass. */
function drawFence({ canvas, colors, layout: { store } }: Drawing): void {
  canvas.strokeStyle = colors.lease;
  canvas.lineWidth = 3;
  canvas.setLineDash([6, 4]);
  canvas.beginPath();
  canvas.moveTo(store.x, store.y + 4);
  canvas.lineTo(store.x, store.y + store.h - 4);
  canvas.stroke();
  canvas.setLineDash([]);
  canvas.lineWidth = 1;
}
