import type { StoreMs } from '../../strategies/contract/index.ts';
import type { Evidence } from '../support/evidence.ts';
import type { Expectation } from '../support/expectation.ts';
import { type Finding, passIf } from '../support/finding.ts';
import { failuresSince } from '../support/replicas.ts';
import { together } from '../support/witness.ts';
import { FLUSHES, flushesIn } from './flushes.ts';
import { outside } from './outside.ts';

/** Empties Redis twice, as a deploy does: once when the value is fresh, once while it is recomputed. No connection breaks. */
export const flush: Expectation = {
  name: 'flush',
  summary: 'empty Redis under load (FLUSHALL), with a fresh value in it, then during a recompute',
  guard: 'a missing value costs one recompute; a commit needs the newest fence; fences rise by time',
  // The recompute is long enough to be hit. The renewal would find the lease gone, and comes after the commit.
  presets: { TTL: '3s', RECOMPUTE: '300ms', LEASE: '6s', RATE: '200', EXPIRIES: '4' },
  outside,
  tolerance: ({ recomputeMs, recomputeJitter }) => ({
    forgetsStore: true,
    // Who waits for the fill that is refused waits for the next one too.
    extraWaitMs: 2 * recomputeMs * (1 + recomputeJitter),
  }),
  verify(evidence, timeline) {
    const failures = failuresSince(evidence, timeline);
    return together([failures], () => findingFrom(evidence, failures.end()));
  },
};

function findingFrom(evidence: Evidence, failures: number): Finding {
  const { claim, settings } = evidence;
  const flushes = flushesIn(evidence.events);
  const after = flushes.map((one, index) =>
    aftermathOf(evidence, one.atStoreMs, flushes[index + 1]?.atStoreMs ?? Number.POSITIVE_INFINITY),
  );
  // Where writes heed no fence, a fill under way may put the value back, and others begin before and after it.
  const { max = Number.POSITIVE_INFINITY } = claim.fenced ? claim.recomputesPerExpiry(settings) : {};
  const fills = after.map(({ recomputes }) => recomputes).join(' and ');
  const refused = after.reduce((sum, one) => sum + one.refused, 0);
  const outlived = after.reduce((sum, one) => sum + one.outlived, 0);
  const detail =
    `${flushes.map(({ keys }) => keys).join(' and ')} keys lost; first fill afterwards: ${fills} recompute; ` +
    `of fills under way ${refused} refused, ${outlived} stored; ${failures} requests failed`;
  const isWrong =
    failures > 0 || after.some(({ recomputes }) => recomputes > max) || (claim.fenced && outlived > 0);
  if (isWrong) return passIf(false, detail);
  const missed = (why: string): Finding => ({ verdict: 'unknown', detail: `missed: ${why}; ${detail}` });
  if (flushes.length < FLUSHES || flushes.some(({ keys, left }) => keys === 0 || left > 0))
    return missed('the store was not emptied twice');
  if (!after.every(({ isFilled }) => isFilled)) return missed('nothing was stored afterwards');
  if (claim.fenced && refused === 0) return missed('no fill was under way');
  return passIf(true, detail);
}

/** Says what came after a flush and before the next: all by the store's clock, so the order is exact. */
function aftermathOf({ recomputes, commits }: Evidence, atStoreMs: StoreMs, nextStoreMs: StoreMs) {
  const later = commits.filter((commit) => commit.atStoreMs > atStoreMs && commit.atStoreMs < nextStoreMs);
  const seen = recomputes.flatMap(({ version, seenStoreMs }) =>
    seenStoreMs === undefined ? [] : [{ version, seenStoreMs }],
  );
  const underWay = new Set(seen.filter((one) => one.seenStoreMs < atStoreMs).map(({ version }) => version));
  const filled = later.find(({ accepted, version }) => accepted && !underWay.has(version));
  const untilStoreMs = filled?.atStoreMs ?? nextStoreMs;
  return {
    recomputes: seen.filter((one) => one.seenStoreMs > atStoreMs && one.seenStoreMs < untilStoreMs).length,
    isFilled: filled !== undefined,
    /** The writes of recomputes that had begun before the flush. */
    refused: later.filter(({ accepted, version }) => !accepted && underWay.has(version)).length,
    outlived: later.filter(({ accepted, version }) => accepted && underWay.has(version)).length,
  };
}
