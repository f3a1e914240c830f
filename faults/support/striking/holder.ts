import { isDecidedCommit } from '../../../record/events.ts';
import type { Plan, Scene } from '../strike.ts';
import { patienceMs, untilWarm } from './warm.ts';

/** Waits until a process gets the lease of the warm key and begins its recompute. Gives it as the victim. */
export async function nextHolder(scene: Scene): Promise<Plan & { readonly fence: number }> {
  const { until, journals, settings } = scene;
  const grants = () =>
    journals.events.flatMap((event) =>
      event.event === 'granted' && event.key === settings.key ? [event] : [],
    );
  await untilWarm(scene);
  const before = grants().length;
  const holder = await until('the next grant', () => grants()[before], patienceMs(scene));
  const begun = () =>
    journals.ledger.find(
      (line) => line.event === 'begin' && line.by === holder.by && line.seenAt === holder.storeAt,
    );
  await until('its recompute', begun, patienceMs(scene));
  return { victim: holder.by, fence: holder.fence };
}

/** Waits until a later holder than that of this fence has written. */
export async function untilFilledByAnother(
  { until, journals, settings }: Scene,
  fence: number,
): Promise<void> {
  const filled = () => journals.events.find((event) => isDecidedCommit(event) && event.fence > fence);
  await until('a fill by another', filled, settings.leaseMs + settings.recomputeMs + 5000);
}
