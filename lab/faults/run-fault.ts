import { setTimeout as sleep } from 'node:timers/promises';
import { wallTimeMs } from '../../services/shared/wall-time.ts';
import type { Cluster } from '../cluster/cluster.ts';
import type { Journals } from '../journals.ts';
import type { Settings } from '../settings.ts';
import type { Bench, Fault } from './fault.ts';
import type { FaultEvent } from './timeline.ts';

const LOOK_EVERY_MS = 5;

export interface FaultRun {
  readonly fault: Fault;
  readonly cluster: Cluster;
  readonly settings: Settings;
  readonly journals: Journals;
  readonly signal: AbortSignal;
  readonly onPhase: (phase: string) => void;
}

/**
 * Plans, injects and heals, and gives back what was done. The healing runs whatever happens; an effect that does not come
 * is for the judge to find, not for the run to end on.
 */
export async function runFault({ fault, signal, onPhase, ...parts }: FaultRun): Promise<FaultEvent[]> {
  const bench = benchOf(parts, signal);
  const done: FaultEvent[] = [];
  const say = (error: Error) => {
    if (!signal.aborted) onPhase(`fault ${fault.name}: ${error.message}`);
  };
  const plan = await fault.plan(bench).catch(say);
  signal.throwIfAborted();
  if (!plan) return done;
  const note = (phase: FaultEvent['phase']) => {
    done.push({ at: wallTimeMs(), by: 'lab', event: 'fault', fault: fault.name, phase, ...plan });
    onPhase(`fault ${fault.name} on ${plan.victim}: ${phase}`);
  };
  note('planned');
  try {
    const injected = fault.inject(bench, plan);
    note('injected');
    await injected.catch(say);
  } finally {
    await fault.heal(bench, plan);
    note('healed');
  }
  return done;
}

function benchOf(
  { cluster, settings, journals }: Pick<FaultRun, 'cluster' | 'settings' | 'journals'>,
  signal: AbortSignal,
): Bench {
  return {
    cluster,
    settings,
    journals,
    async until(what, look, withinMs) {
      const giveUpAt = performance.now() + withinMs;
      for (;;) {
        journals.refresh();
        const found = look();
        if (found !== undefined) return found;
        if (performance.now() > giveUpAt) throw new Error(`${what} did not happen within ${withinMs} ms`);
        await sleep(LOOK_EVERY_MS, undefined, { signal });
      }
    },
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
