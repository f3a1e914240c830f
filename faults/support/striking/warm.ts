import type { Scene } from '../strike.ts';

/** Fills of the key before a fault, so that the run has a before. */
const FILLS_BEFORE = 3;

/** How long a fault waits for what must come with the next expiries. */
export const patienceMs = ({ settings }: Scene): number =>
  20_000 + FILLS_BEFORE * 4 * (settings.ttlMs + settings.recomputeMs);

/** Waits until the herd's key has been filled a few times. */
export async function untilWarm(scene: Scene): Promise<void> {
  const { until, journals, settings } = scene;
  const fills = () =>
    journals.events.filter((event) => event.event === 'commit' && event.key === settings.key).length;
  await until('the warm-up', () => (fills() >= FILLS_BEFORE ? true : undefined), patienceMs(scene));
}
