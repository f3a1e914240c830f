import { setTimeout as sleep } from 'node:timers/promises';
import type { Cluster } from '../../cluster/cluster.ts';
import { NOTICE_MS } from '../../faults/support/lookups.ts';
import type { Plan, RecordSoFar, Scene } from '../../faults/support/strike.ts';
import type { FaultEvent } from '../../record/fault-events.ts';
import type { Journal } from '../../record/files/journal.ts';
import type { Settings } from '../../record/settings.ts';
import { until } from '../../services/shared/until.ts';
import { wallTimeMs } from '../../services/shared/wall-time.ts';
import type { Invalidating } from './invalidate.ts';
import type { LoadedFault } from './load-fault.ts';
import type { Marks } from './marks.ts';

const LOOK_EVERY_MS = 5;

/** What the faults of a run are run on. */
export interface FaultGround {
  readonly cluster: Cluster;
  readonly settings: Settings;
  readonly journals: RecordSoFar & { readonly faults: FaultEvent[] };
  readonly route: Scene['route'];
  readonly hangUp: Scene['hangUp'];
  readonly marks: Marks;
  /** Held under most faults: an invalidation would end the very lease, stale value or back-off that the fault is about. */
  readonly invalidating?: Pick<Invalidating, 'hold' | 'goOn'>;
  /** The lab's. */
  readonly journal: Pick<Journal, 'append'>;
  readonly signal: AbortSignal;
  /** Whether the cluster outlives the lab: then it is healed even when the signal aborts. */
  readonly stays?: boolean;
  readonly onPhase: (phase: string) => void;
}

/** Runs the faults of a run: none, one, or two that overlap. The last one begins, and the first strikes while it lasts. */
export async function runFaults([first, second]: readonly LoadedFault[], ground: FaultGround): Promise<void> {
  if (!first) return;
  const strikeFirst = () => runFault(first, ground, async () => {});
  await (second ? runFault(second, ground, strikeFirst) : strikeFirst());
}

/**
 * Plans, injects and heals a fault, and records each step in the lab's journal. Calls `meanwhile` once the damage is done, and
 * heals no earlier than that has ended. It heals whatever happens, unless the signal ends the whole cluster. A fault without
 * effect does not end the run; the judge reports it.
 */
async function runFault(
  { fault, strike }: LoadedFault,
  { signal, stays = false, onPhase, marks, journal, cluster, invalidating, ...parts }: FaultGround,
  meanwhile: () => Promise<void>,
): Promise<void> {
  let plan: Plan | undefined;
  const record = (phase: FaultEvent['phase'], more: Pick<FaultEvent, 'what' | 'details'> = {}) => {
    const event = { at: wallTimeMs(), by: 'lab', event: 'fault', fault, phase } as const;
    if (!plan) return;
    const recorded: FaultEvent = { ...event, ...plan, ...more };
    journal.append(recorded);
    parts.journals.faults.push(recorded);
  };
  const scene = sceneOf({ cluster, ...parts }, signal, (what, details = {}) =>
    record('noted', { what, details }),
  );
  const say = (error: Error) => {
    // What the interruption ended is no news; a heal that failed is.
    if (!signal.aborted || (stays && error.name !== 'AbortError'))
      onPhase(`fault ${fault}: ${error.message}`);
  };
  const planned = await strike.plan(scene).catch(say);
  signal.throwIfAborted();
  if (!planned) return;
  plan = planned;
  const note = (phase: FaultEvent['phase']) => {
    record(phase);
    if (phase === 'injected' || phase === 'healed') marks.put(`fault ${phase}`, fault);
    onPhase(`fault ${fault} on ${planned.victim}: ${phase}`);
  };
  note('planned');
  try {
    if (!strike.bearsInvalidations) await invalidating?.hold();
    const hasHit = await strike.hit(scene, planned).then(
      () => true,
      (error) => say(error),
    );
    // A blow that failed half-way has hit something all the same.
    if (hasHit || !stays) note('injected');
    const lasting = hasHit ? strike.last?.(scene, planned).catch(say) : undefined;
    await Promise.all([lasting, meanwhile()]);
  } finally {
    // An effect of the healing that does not come is for the judge as well; the cluster is taken down in any case.
    if (stays || !signal.aborted) {
      // A call or reply that the relay still holds would delay the healed member.
      if (planned.holder) await cluster.relay?.release(planned.holder).catch(say);
      const isHealed = await strike.heal(scene, planned).then(
        () => true,
        (error) => say(error),
      );
      // In a run the cluster ends, and the fault with it. One that stays is as it is.
      if (isHealed || !stays) note('healed');
    }
    if (!strike.bearsInvalidations) invalidating?.goOn(aftermathMs(parts.settings));
  }
  await strike.after?.(scene, planned).catch(say);
  signal.throwIfAborted();
}

/** How long the first fill after a fault may take: members notice that it is over, a lease runs out, and one recomputes. */
const aftermathMs = ({ leaseMs, recomputeMs }: Settings): number => NOTICE_MS + leaseMs + 2 * recomputeMs;

/** Makes what a strike may use. `note` gets what it records for the judge. */
export function sceneOf(
  {
    cluster,
    settings,
    journals,
    route,
    hangUp,
  }: Pick<FaultGround, 'cluster' | 'settings' | 'journals' | 'route' | 'hangUp'>,
  signal: AbortSignal,
  note: Scene['note'],
): Scene {
  return {
    note,
    signal,
    cluster,
    settings,
    journals,
    until<T>(what: string, look: () => T | undefined | Promise<T | undefined>, withinMs: number) {
      const freshLook = () => {
        journals.refresh();
        return look();
      };
      return until(what, freshLook, { withinMs, everyMs: LOOK_EVERY_MS, signal }) as Promise<T>;
    },
    route,
    hangUp,
    last: (ms) => sleep(ms, undefined, { signal }),
  };
}
