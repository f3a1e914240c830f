import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { loadStanding, type Standing } from '../../cluster/standing/standing.ts';
import { forkHerd } from '../../load/herd-process.ts';
import type { Tally } from '../../load/tally.ts';
import type { Target } from '../../load/target.ts';
import { paceOf } from '../run/pace.ts';
import { unlessAborted } from '../run/unless-aborted.ts';
import { thoseThatListen } from './those-that-listen.ts';

export interface StandingLoad {
  readonly standing: Standing;
  readonly targets: readonly Target[];
  readonly ratePerSecond: number;
  readonly keys: number;
  /** Null: until the signal aborts. */
  readonly forMs: number | null;
  readonly signal: AbortSignal;
  readonly onTally: (tally: Tally, elapsedMs: number) => void;
}

const LOOK_EVERY_MS = 1000;

/**
 * Drives a herd over a standing cluster, and gives why it is over: its time is up, it was interrupted, or the cluster was
 * ended. As a load balancer would, it leaves out members that refuse connections, and sends them their share again when
 * they are back.
 */
export async function loadStandingCluster({
  standing,
  targets,
  ratePerSecond,
  keys,
  forMs,
  signal,
  onTally,
}: StandingLoad): Promise<'over' | 'interrupted' | 'ended'> {
  const { settings, logs, token } = standing;
  const failure = new AbortController();
  const either = AbortSignal.any([signal, failure.signal]);
  const startedAt = performance.now();
  const herd = forkHerd(
    { targets, paths: pathsOf(settings.key, keys), ...paceOf({ ...settings, ratePerSecond }) },
    { log: join(logs, 'herd.log'), tallies: true },
  );
  void herd.died.then((error) => failure.abort(error));
  const endsAt = forMs === null ? Number.POSITIVE_INFINITY : startedAt + forMs;
  let routed = targets;
  try {
    for (;;) {
      const leftMs = endsAt - performance.now();
      if (leftMs <= 0) return 'over';
      await sleep(Math.min(LOOK_EVERY_MS, leftMs), undefined, { signal: either });
      onTally(await unlessAborted(herd.tally(), either), performance.now() - startedAt);
      if (loadStanding()?.token !== token) return 'ended';
      const there = await thoseThatListen(targets);
      const isSame =
        there.length === routed.length && there.every((target, index) => target === routed[index]);
      // If nobody is there, they all stay: who comes first gets the load.
      if (isSame || there.length === 0) continue;
      await unlessAborted(herd.route(there), either);
      routed = there;
    }
  } catch (error) {
    if (signal.aborted) return 'interrupted';
    throw failure.signal.aborted ? failure.signal.reason : error;
  } finally {
    herd.kill();
  }
}

/** The key that faults are about comes first. */
const pathsOf = (key: string, keys: number): string[] =>
  Array.from({ length: keys }, (_, index) => (index === 0 ? `/keys/${key}` : `/keys/${key}-${index + 1}`));
