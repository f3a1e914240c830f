// Shared by the faults that take Redis away: what they may cost, and whether they were answered.

import type { Settings } from '../../record/settings.ts';
import { longestQueueMs } from '../../strategies/contract/index.ts';
import type { Evidence, Tolerance } from './evidence.ts';
import type { Presets } from './expectation.ts';
import { type Finding, passIf } from './finding.ts';
import type { Timeline } from './timeline.ts';
import { countingAnswers, together, type Witness } from './witness.ts';

/** How long a replica may take to notice that Redis is back. */
const NOTICE_MS = 1500;

/** One server: with Sentinels it would be a failover, which is another fault. */
export const needs: Presets = { STORE: 'single' };
export const presets: Presets = {
  ...needs,
  TTL: '2s',
  RECOMPUTE: '300ms',
  RATE: '200',
  EXPIRIES: '5',
};

export const tolerance = (settings: Settings): Partial<Tolerance> => ({
  extraRecomputes: Number.POSITIVE_INFINITY,
  // Without Redis each replica recomputes for itself, once at a time. Those beyond the origin's capacity queue.
  extraWaitMs: 2 * settings.leaseMs + longestQueueMs(settings.replicas, settings),
});

/**
 * Judges whether each replica served itself while Redis was gone, with one recompute at a time, and whether afterwards one
 * recompute filled the key for all and no value from the outage was written.
 */
export function verify(evidence: Evidence, timeline: Timeline): Witness<Finding> {
  const degraded = countingAnswers((answer) => answer.degraded === true);
  return together([degraded], () => findingFrom(evidence, timeline, degraded.end()));
}

function findingFrom(
  { recomputes, commits, cycles, settings }: Evidence,
  { injectedWallMs, healedWallMs }: Timeline,
  degraded: number,
): Finding {
  const alone = recomputes.filter(
    ({ seenStoreMs, beganWallMs }) =>
      seenStoreMs === undefined && beganWallMs > injectedWallMs && beganWallMs < healedWallMs + NOTICE_MS,
  );
  if (alone.length === 0 || degraded === 0)
    return { verdict: 'unknown', detail: 'missed: nobody had to do without Redis' };
  const atOnce = Math.max(
    ...alone.map(
      ({ beganWallMs }) =>
        alone.filter(
          (other) => other.beganWallMs <= beganWallMs && (other.endedWallMs ?? beganWallMs) > beganWallMs,
        ).length,
    ),
  );
  const madeAlone = new Set(alone.map(({ version }) => version));
  const written = commits.filter(({ accepted, version }) => accepted && madeAlone.has(version)).length;
  const back = cycles.find(({ beganWallMs }) => beganWallMs > healedWallMs);
  const cold = back?.recomputes.filter(({ seenStoreMs }) => seenStoreMs !== undefined).length ?? 0;
  return passIf(
    atOnce <= settings.replicas && written === 0 && cold === 1,
    `${degraded} answers without Redis, ${atOnce} recomputes at once; ${written} of them written later; first fill afterwards: ${cold} recompute`,
  );
}
