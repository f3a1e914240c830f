import { setTimeout as sleep } from 'node:timers/promises';
import { wallTimeMs } from '../../services/shared/wall-time.ts';
import type { Cluster, Replica } from '../cluster/cluster.ts';
import type { Journals } from '../journals.ts';
import type { Marks } from '../marks.ts';
import type { Settings } from '../settings.ts';
import type { Bench, Fault, Plan } from './fault.ts';
import type { FaultEvent } from './timeline.ts';

const LOOK_EVERY_MS = 5;

export interface FaultRun {
  readonly fault: Fault;
  readonly cluster: Cluster;
  readonly settings: Settings;
  readonly journals: Journals;
  readonly route: (replicas: readonly Replica[]) => Promise<void>;
  readonly marks: Marks;
  readonly signal: AbortSignal;
  readonly onPhase: (phase: string) => void;
}

/**
 * Plans, injects and heals, and gives back what was done. The healing runs whatever happens; an effect that does not come
 * is for the judge to find, not for the run to end on.
 */
export async function runFault({ fault, signal, onPhase, marks, ...parts }: FaultRun): Promise<FaultEvent[]> {
  const done: FaultEvent[] = [];
  let plan: Plan | undefined;
  const record = (phase: FaultEvent['phase'], more: Pick<FaultEvent, 'what' | 'details'> = {}) => {
    if (plan)
      done.push({ at: wallTimeMs(), by: 'lab', event: 'fault', fault: fault.name, phase, ...plan, ...more });
  };
  const bench = benchOf(parts, signal, (what, details = {}) => record('noted', { what, details }));
  const say = (error: Error) => {
    if (!signal.aborted) onPhase(`fault ${fault.name}: ${error.message}`);
  };
  const planned = await fault.plan(bench).catch(say);
  signal.throwIfAborted();
  if (!planned) return done;
  plan = planned;
  const note = (phase: FaultEvent['phase']) => {
    record(phase);
    if (phase === 'injected' || phase === 'healed') marks.put(`fault ${phase}`, fault.name);
    onPhase(`fault ${fault.name} on ${planned.victim}: ${phase}`);
  };
  note('planned');
  try {
    const injected = fault.inject(bench, planned);
    note('injected');
    await injected.catch(say);
  } finally {
    // An effect of the healing that does not come is for the judge as well; the cluster is taken down in any case.
    await fault.heal(bench, planned).catch(say);
    note('healed');
  }
  signal.throwIfAborted();
  return done;
}

function benchOf(
  { cluster, settings, journals, route }: Pick<FaultRun, 'cluster' | 'settings' | 'journals' | 'route'>,
  signal: AbortSignal,
  note: Bench['note'],
): Bench {
  return {
    note,
    cluster,
    settings,
    journals,
    async until(what, look, withinMs) {
      const giveUpAt = performance.now() + withinMs;
      for (;;) {
        journals.refresh();
        const found = await look();
        if (found !== undefined) return found;
        if (performance.now() > giveUpAt) throw new Error(`${what} did not happen within ${withinMs} ms`);
        await sleep(LOOK_EVERY_MS, undefined, { signal });
      }
    },
    route,
    last: (ms) => sleep(ms, undefined, { signal }),
    async tellOrigin(behaviour) {
      const answer = await fetch(`${cluster.origin.url}/behaviour`, {
        method: 'PATCH',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(behaviour),
      });
      if (!answer.ok)
        throw new Error(`the origin refused ${JSON.stringify(behaviour)}: ${await answer.text()}`);
    },
  };
}
