import { strike } from '../../faults/pause-holder/strike.ts';
import type { Scene } from '../../faults/support/strike.ts';
import { NotInTime } from '../../services/shared/until.ts';
import type { Rehearsal } from './rehearsal.ts';

/** A holder that wakes may see first that its lease is lost, and then writes nothing. */
const TRIES = 5;
const WRITES_WITHIN_MS = 3000;

/** The recompute is long enough that the pause begins in the middle of it. */
export const fencedWrites: Rehearsal = {
  alert: 'FencedWrites',
  values: { STRATEGY: 'lock', RECOMPUTE: '600ms' },
  breaks: 'a lease holder is paused beyond its lease, and writes late',
  remedy: 'nothing: the fence refused the write, and the value is right',
  async hit(scene) {
    for (let tries = 1; ; tries++) {
      try {
        return await pauseHolder(scene);
      } catch (error) {
        if (!(error instanceof NotInTime) || tries === TRIES) throw error;
      }
    }
  },
};

/** Pauses a holder until another has written, and waits until the late write is refused. */
async function pauseHolder(scene: Scene): Promise<void> {
  const plan = await strike.plan(scene);
  try {
    await strike.hit(scene, plan);
    await strike.last?.(scene, plan);
  } finally {
    await strike.heal(scene, plan);
  }
  const { until, journals } = scene;
  const refused = () =>
    journals.events.find(
      (event) => event.event === 'commit' && event.fence === plan.fence && event.outcome === 'fenced',
    );
  await until('the late write', refused, WRITES_WITHIN_MS);
}
