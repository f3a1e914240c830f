import { isDecidedCommit } from '../../../record/events.ts';
import { isForeign } from '../../../record/foreign/foreign.ts';
import { MemberFailed } from '../../../services/shared/lab-errors.ts';
import { NotInTime } from '../../../services/shared/until.ts';
import { pointOf } from '../points.ts';
import type { Plan, Scene } from '../strike.ts';
import { nextRecomputer, untilMadeByAnother } from './recomputer.ts';
import { patienceMs, untilWarm } from './warm.ts';

/** What the relay holds at each point that needs one. */
const HELD = {
  granted: { script: 'acquire', part: 'reply' },
  committing: { script: 'commit', part: 'call' },
  committed: { script: 'commit', part: 'reply' },
} as const;

/** A lease holder at the point at which the fault strikes. Of a service of the user's own, nobody knows the fence. */
export type HolderPlan = Plan & { readonly holder: string };

/**
 * Waits until a process holds the lease of the warm key and is at the run's point, and gives it as the victim. At every
 * point but `recomputing` the relay then holds its call or reply until {@link letGo}. Of a service of the user's own, whoever
 * recomputes is the victim.
 */
export async function nextHolder(scene: Scene): Promise<HolderPlan> {
  if (isForeign(scene.settings)) return nextRecomputer(scene);
  const point = pointOf(scene.settings);
  await untilWarm(scene);
  const { victim, fence } = point === 'recomputing' ? await nextBegun(scene) : await nextHeld(scene, point);
  return { victim, fence, holder: victim };
}

async function nextBegun(scene: Scene) {
  const { until, journals, settings } = scene;
  const grants = () =>
    journals.events.flatMap((event) =>
      event.event === 'granted' && event.key === settings.key ? [event] : [],
    );
  const before = grants().length;
  const holder = await until('the next grant', () => grants()[before], patienceMs(scene));
  const begun = () =>
    journals.ledger.find(
      (line) => line.event === 'begin' && line.by === holder.by && line.seenAt === holder.storeAt,
    );
  await until('its recompute', begun, patienceMs(scene));
  return { victim: holder.by, fence: holder.fence };
}

async function nextHeld(scene: Scene, point: keyof typeof HELD) {
  const { cluster, settings, signal } = scene;
  if (!cluster.relay) throw new MemberFailed(`AT=${point} needs a relay, and the cluster has none`);
  const patience = AbortSignal.timeout(patienceMs(scene));
  const held = cluster.relay.hold({ ...HELD[point], key: settings.key }, AbortSignal.any([signal, patience]));
  const { member, fence } = await held.catch((error) => {
    if (!patience.aborted || signal.aborted) throw error;
    throw new NotInTime(`no lease holder came to AT=${point} within ${patienceMs(scene)} ms`);
  });
  return { victim: member, fence };
}

/** Lets go what the relay holds of the holder, if anything. */
export const letGo = async ({ cluster }: Scene, { holder }: Plan): Promise<void> => {
  if (holder !== undefined) await cluster.relay?.release(holder);
};

/** Waits until a later holder than the planned one has written. */
export async function untilFilledByAnother(scene: Scene, plan: Plan): Promise<void> {
  const { until, journals, settings } = scene;
  if (isForeign(settings)) return untilMadeByAnother(scene, plan);
  const { fence = 0 } = plan;
  const filled = () =>
    journals.events.find(
      (event) => isDecidedCommit(event) && event.key === settings.key && event.fence > fence,
    );
  const { leaseMs, recomputeMs, ttlMs } = settings;
  // A value that was stored before the blow is not replaced before it is due.
  const untilDueMs = pointOf(settings) === 'committed' ? ttlMs : 0;
  await until('a fill by another', filled, leaseMs + recomputeMs + untilDueMs + 5000);
}
