import { type Corruption, corruptionsIn } from '../../record/fault-events.ts';
import type { Cycle, Evidence } from '../support/evidence.ts';
import type { Expectation } from '../support/expectation.ts';
import { type Finding, passIf } from '../support/finding.ts';
import { mostRecomputesIn } from '../support/lookups.ts';
import { failuresSince } from '../support/replicas.ts';
import { together } from '../support/witness.ts';

/** What is done to the stored value, one after another, each after the next fill. */
export const CORRUPTIONS = ['broken JSON', 'no version', 'another type'] as const;

/** What a busy machine adds to a recompute. */
const SLACK_MS = 400;

/** Spoils the stored value, in three ways. What cannot be read is a miss: one recompute replaces it. */
export const corruptValue: Expectation = {
  name: 'corrupt-value',
  summary: 'make the stored value unreadable: broken JSON, a field gone, another type',
  guard: 'what cannot be read is a miss, counted, and never an error',
  presets: { TTL: '2s', RECOMPUTE: '200ms', RATE: '200', EXPIRIES: '5' },
  tolerance: ({ recomputeMs, recomputeJitter }) => ({ extraWaitMs: recomputeMs * (1 + recomputeJitter) }),
  verify(evidence, timeline) {
    const failures = failuresSince(evidence, timeline);
    return together([failures], () => findingFrom(evidence, failures.end()));
  },
};

function findingFrom(evidence: Evidence, failures: number): Finding {
  const corruptions = corruptionsIn(evidence.events);
  const after = corruptions.map((corruption, index) => {
    const next = corruptions[index + 1]?.atStoreMs ?? Number.POSITIVE_INFINITY;
    return { ...corruption, cycle: cycleAfter(evidence, corruption, next) };
  });
  const detail = `${after.map((one) => describe(one)).join('; ')}; ${failures} requests failed`;
  if (failures > 0) return passIf(false, detail);
  if (after.length < CORRUPTIONS.length || after.some(({ cycle }) => !cycle))
    return { verdict: 'unknown', detail: `missed: ${detail}` };
  const { settings } = evidence;
  const boundMs = settings.recomputeMs * (1 + settings.recomputeJitter) + settings.leaseMs + SLACK_MS;
  const isReplaced = ({ cycle }: (typeof after)[number]) =>
    cycle !== undefined &&
    cycle.recomputes.length <= mostRecomputesIn(evidence, cycle) &&
    replacedAfterMs(cycle) <= boundMs;
  return passIf(after.every(isReplaced), detail);
}

/**
 * Finds the recomputes that replaced the unreadable value. Undefined if nobody looked while it was there: a value that has
 * outlived its TTL and grace is gone.
 */
function cycleAfter(
  { cycles, commits, settings }: Evidence,
  { atStoreMs }: Corruption,
  nextStoreMs: number,
): Cycle | undefined {
  const stored = commits.findLast((commit) => commit.accepted && commit.atStoreMs <= atStoreMs);
  if (!stored) return undefined;
  const goneStoreMs = stored.atStoreMs + settings.ttlMs * (1 - settings.ttlJitter) + settings.graceMs;
  return cycles.find(
    ({ cause, beganStoreMs }) =>
      cause === 'corruption' &&
      beganStoreMs >= atStoreMs &&
      beganStoreMs < Math.min(nextStoreMs, goneStoreMs),
  );
}

const replacedAfterMs = ({ beganStoreMs, filledStoreMs = Number.POSITIVE_INFINITY }: Cycle): number =>
  filledStoreMs - beganStoreMs;

function describe({ as, cycle }: Corruption & { readonly cycle: Cycle | undefined }): string {
  if (!cycle) return `${as}: nobody looked`;
  const recomputes = `${as}: ${cycle.recomputes.length} recompute`;
  return cycle.filledStoreMs === undefined
    ? `${recomputes}, not replaced`
    : `${recomputes}, replaced in ${replacedAfterMs(cycle).toFixed(0)} ms`;
}
