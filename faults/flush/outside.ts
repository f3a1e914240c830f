import type { WallMs } from '../../strategies/contract/index.ts';
import type { Evidence } from '../support/evidence.ts';
import { type Finding, passIf } from '../support/finding.ts';
import { madeIn, underWayAt } from '../support/outside/made.ts';
import type { Outside } from '../support/outside/outside.ts';
import { madeAgainWithinMs } from '../support/outside/recovery.ts';
import { failuresSince } from '../support/replicas.ts';
import { together } from '../support/witness.ts';
import { FLUSHES, flushesIn } from './flushes.ts';

/**
 * How a service of the user's own is judged whose Redis is emptied twice. Each time the missing value costs as many recomputes
 * as an expiry may; the one that was under way is lost.
 */
export const outside: Outside = {
  needsProcess: false,
  tolerance: ({ recomputeMs, recomputeJitter }, { recomputes }) => ({
    forgetsStore: true,
    extraRecomputes: recomputes ?? Number.POSITIVE_INFINITY,
    extraWaitMs: 2 * recomputeMs * (1 + recomputeJitter),
  }),
  verify(evidence, timeline, _, { recomputes: most = Number.POSITIVE_INFINITY }) {
    const failures = failuresSince(evidence, timeline);
    return together([failures], () => findingFrom(evidence, failures.end(), most));
  },
};

function findingFrom(evidence: Evidence, failures: number, most: number): Finding {
  const { settings } = evidence;
  const flushes = flushesIn(evidence.events);
  const after = flushes.map(({ atWallMs }, index) =>
    aftermathOf(evidence, atWallMs, flushes[index + 1]?.atWallMs ?? Number.POSITIVE_INFINITY),
  );
  const underWay = underWayAt(evidence, flushes[1]?.atWallMs ?? 0).length;
  // A replica may have a copy, which is good for the TTL at most.
  const boundMs = settings.ttlMs + madeAgainWithinMs(settings);
  const detail =
    `${flushes.map(({ keys }) => keys).join(' and ')} keys lost; first fill afterwards: ` +
    `${after.map(({ recomputes }) => recomputes).join(' and ')} recompute; ${underWay} under way; ${failures} requests failed`;
  const isWrong =
    failures > 0 ||
    after.some(({ recomputes, filledAfterMs }) => recomputes > most || filledAfterMs > boundMs);
  if (isWrong) return passIf(false, detail);
  const missed = (why: string): Finding => ({ verdict: 'unknown', detail: `missed: ${why}; ${detail}` });
  // By the second flush the value may have expired, and nothing else need be there.
  if (flushes.length < FLUSHES || flushes[0]?.keys === 0 || flushes.some(({ left }) => left > 0))
    return missed('the store was not emptied twice');
  if (underWay === 0) return missed('no recompute was under way');
  return passIf(true, detail);
}

/** Says how many recomputes began after a flush, and before the next, until one of them gave a value; and how soon that was. */
function aftermathOf(evidence: Evidence, fromWallMs: WallMs, nextWallMs: WallMs) {
  const first = madeIn(evidence).find(({ beganWallMs }) => beganWallMs > fromWallMs);
  const untilWallMs = Math.min(first?.endedWallMs ?? Number.POSITIVE_INFINITY, nextWallMs);
  return {
    recomputes: evidence.recomputes.filter(
      ({ beganWallMs }) => beganWallMs > fromWallMs && beganWallMs < untilWallMs,
    ).length,
    filledAfterMs: (first?.endedWallMs ?? Number.POSITIVE_INFINITY) - fromWallMs,
  };
}
