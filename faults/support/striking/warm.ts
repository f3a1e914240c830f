import { isDecidedCommit } from '../../../record/events.ts';
import type { Scene } from '../strike.ts';

/** How many fills come before a fault, so that the run shows the time before it. */
const FILLS_BEFORE = 3;

/** Gives how long a fault waits for an event of the next expiries. */
export const patienceMs = ({ settings }: Scene): number =>
  20_000 + FILLS_BEFORE * 4 * (settings.ttlMs + settings.recomputeMs);

/** Waits until the herd's key was filled a few times. */
export async function untilWarm(scene: Scene): Promise<void> {
  const { until, journals, settings } = scene;
  const fills = () =>
    journals.events.filter((event) => isDecidedCommit(event) && event.key === settings.key).length;
  await until('the warm-up', () => (fills() >= FILLS_BEFORE ? true : undefined), patienceMs(scene));
}
