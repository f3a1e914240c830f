import type { Answered, Evidence } from '../../faults/support/evidence.ts';
import { type Finding, passIf } from '../../faults/support/finding.ts';
import { answersTo, together, type Witness } from '../../faults/support/witness.ts';
import type { WallMs } from '../../strategies/contract/index.ts';
import { isWarm } from '../evidence.ts';
import { queueBoundMs } from '../queue.ts';
import type { Check } from './check.ts';
import { keptPace } from './injector.ts';

/** What scheduling, garbage collection and a replica's own queue may add on a busy machine. */
const SLACK_MS = 500;
/** A request that was sent this shortly before a value was stored may have met it on the way. */
const ON_THE_WAY_MS = 50;
/** The outcomes of requests that do not wait, if the claim is that not everyone waits. */
const QUICK: Readonly<Record<'winner' | 'nobody', readonly string[]>> = {
  winner: ['hit', 'stale', 'early', 'recomputed'],
  nobody: ['hit', 'stale'],
};

/**
 * Checks that, after the warm-up, nobody waits longer than a lease, two recomputes and the queue that the claim allows, and
 * only those who may wait do.
 */
export const waits: Check = {
  name: 'bounded waits',
  judge(evidence) {
    const seen = waitsSeen(evidence);
    const pace = keptPace(evidence);
    return together([seen, pace], () => findingFrom(evidence, seen.end(), pace.end()?.kept ?? false));
  },
};

function findingFrom(
  evidence: Evidence,
  { filled, warm, longest, longestOfAll, later, waited, waitedWithoutStore }: WaitsSeen,
  paceKept: boolean,
): Finding {
  const { claim, settings, tolerance } = evidence;
  if (!filled) return { verdict: 'unknown', detail: 'the cache was never filled' };
  if (warm === 0) return { verdict: 'unknown', detail: 'it ended before it was warm' };
  const recomputeMs = settings.recomputeMs * (1 + settings.recomputeJitter);
  const queueMs = queueBoundMs(evidence);
  const bound = settings.leaseMs + 2 * recomputeMs + queueMs + tolerance.extraWaitMs + SLACK_MS;
  const ofQueue = queueMs > 0 ? `, ${queueMs.toFixed(0)} ms of it for the origin's queue` : '';
  // A long wait in the warm-up is no finding, but the detail shows it.
  const cold = longestOfAll > bound ? ` (${longestOfAll.toFixed(0)} ms with the warm-up)` : '';
  const time = `longest ${longest.toFixed(0)} ms${longest > bound ? '' : cold}; bound ${bound.toFixed(0)} ms${ofQueue}`;
  // A machine that is too busy to send in time is too busy to answer in time.
  const late = (detail: string) => ({
    verdict: paceKept ? ('fail' as const) : ('unknown' as const),
    detail: paceKept ? detail : `${detail}, at an uneven load`,
  });
  if (claim.waits !== 'everyone' && tolerance.extraWaitMs === 0) {
    const detail = `${waited} of ${later} waited after the first fill`;
    // On a machine that is too busy to send in time, the store does not answer in time either.
    if (waited > 0 && waited === waitedWithoutStore && !paceKept)
      return { verdict: 'unknown', detail: `${detail}, all without the store, at an uneven load` };
    // A replica serves a forwarded request as a hit, however long the proxy held it.
    if (waited === 0 && settings.proxy && longest > bound) return late(`${detail}; ${time}`);
    return passIf(waited === 0, detail);
  }
  return longest > bound ? late(time) : passIf(true, time);
}

interface WaitsSeen {
  /** Whether a cache could ever serve everybody. */
  readonly filled: boolean;
  /** How many answers there were once warm, the longest wait for one of them, and the longest of all. In ms. */
  readonly warm: number;
  readonly longest: number;
  readonly longestOfAll: number;
  /** How many were sent after the first fill, how many of them waited, and how many of those were served without the store. */
  readonly later: number;
  readonly waited: number;
  readonly waitedWithoutStore: number;
}

/**
 * Watches who waits. A cache can serve everybody from the first fill of the store on; behind proxies, from the first answer
 * of the last proxy on.
 */
function waitsSeen(evidence: Evidence): Witness<WaitsSeen> {
  const { claim, cycles } = evidence;
  const quick = claim.waits === 'everyone' ? undefined : QUICK[claim.waits];
  const metOnTheWay = onTheWay(evidence);
  const proxies = new Set<string>();
  let filledWallMs: WallMs = cycles[0]?.filledWallMs ?? Number.POSITIVE_INFINITY;
  let [warm, longest, longestOfAll] = [0, 0, 0];
  let [later, waited, waitedWithoutStore] = [0, 0, 0];
  const answers = answersTo((answer) => {
    const { via, dueAt, sentAt, endedAt, served, degraded } = answer;
    longestOfAll = Math.max(longestOfAll, endedAt - dueAt);
    if (isWarm(evidence, answer)) {
      warm += 1;
      longest = Math.max(longest, endedAt - dueAt);
    }
    if (via !== undefined && !proxies.has(via)) {
      proxies.add(via);
      filledWallMs = endedAt;
      // Whatever ended before this answer was sent before it ended.
      [later, waited, waitedWithoutStore] = [0, 0, 0];
    }
    if (!quick || sentAt <= filledWallMs) return;
    later += 1;
    if (quick.includes(served) || metOnTheWay(answer)) return;
    waited += 1;
    if (degraded) waitedWithoutStore += 1;
  });
  return together([answers], () => ({
    ...{ filled: filledWallMs !== Number.POSITIVE_INFINITY, warm, longest, longestOfAll },
    ...{ later, waited, waitedWithoutStore },
  }));
}

/** Gives a test for answers from a proxy that count as `waited` only because they were on the way as the value was stored. */
function onTheWay({ commits }: Evidence): (answer: Answered) => boolean {
  const storedAt = new Map(commits.map(({ version, atWallMs }) => [version, atWallMs]));
  return ({ via, served, version, sentAt }) =>
    via !== undefined && served === 'waited' && (storedAt.get(version) ?? 0) - sentAt <= ON_THE_WAY_MS;
}
