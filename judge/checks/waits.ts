import type { Evidence } from '../../faults/support/evidence.ts';
import type { Finding } from '../../faults/support/finding.ts';
import { allowedIn, mayBeDelayed } from '../../faults/support/lookups.ts';
import { answersTo, together, type Witness } from '../../faults/support/witness.ts';
import { CLOCKS_UNKNOWN } from '../clocks.ts';
import { type Case, isWarm } from '../evidence.ts';
import { queueBoundMs } from '../load/queue.ts';
import { canSay, clockSays, gravest } from '../waiting/clock-says.ts';
import { recomputeWindows } from '../waiting/recompute-windows.ts';
import { refilling } from '../waiting/refilling.ts';
import { stalledTime } from '../waiting/stalled.ts';
import { LEAST_RECOMPUTE_MS, type Measured, Stopwatch } from '../waiting/stopwatch.ts';
import { undelayedRecomputes } from '../waiting/undelayed-recomputes.ts';
import type { Check } from './check.ts';
import { keptPace } from './injector.ts';

/** What scheduling, garbage collection and a replica's own queue may add on a busy machine. */
const SLACK_MS = 500;

/**
 * Checks that, after the warm-up, nobody waits longer than a lease, two recomputes and the queue that the claim allows; and
 * where the claim is that nobody waits, or only the winner, that nobody else does, by the clock: at the client, and at
 * the replica where it says how long it took. What a request is labelled counts for nothing here. A request that a fault may
 * have delayed has a bound of its own, and no clock. Nor has one that came after an invalidation: then everybody waits.
 * A user's own service that does not say who waits promises nothing.
 */
export const waits: Check = {
  name: 'bounded waits',
  judge(evidence) {
    if (evidence.foreign && evidence.foreign.promises.waits === undefined) return undefined;
    const seen = waitsSeen(evidence);
    const pace = keptPace(evidence);
    return together([seen, pace], () => findingFrom(evidence, seen.end(), pace.end()?.kept ?? false));
  },
};

function findingFrom(evidence: Case, seen: WaitsSeen, paceKept: boolean): Finding {
  const { cycles, claim, settings } = evidence;
  if (cycles[0]?.filledWallMs === undefined)
    return { verdict: 'unknown', detail: 'the cache was never filled' };
  if (seen.usual.count + seen.delayed.count === 0)
    return { verdict: 'unknown', detail: 'it ended before it was warm' };
  const longest = longestFinding(evidence, seen, paceKept);
  if (claim.waits === 'everyone') return longest;
  // A fault, or invalidations, may leave nothing that they did not touch.
  const mayBeTouched = allowedIn(evidence).extraWaitMs > 0 || settings.invalidateMs !== null;
  if (mayBeTouched && !canSay(seen.client)) return longest;
  const clock = clockFinding(evidence, seen, paceKept);
  return { ...gravest([clock, longest]), detail: `${clock.detail}; ${longest.detail}` };
}

function longestFinding(evidence: Evidence, seen: WaitsSeen, paceKept: boolean): Finding {
  const { usual, delayed, longestOfAll } = seen;
  const queueMs = queueBoundMs(evidence);
  const ofQueue = queueMs > 0 ? `, ${queueMs.toFixed(0)} ms of it for the origin's queue` : '';
  const counted = [usual, delayed].filter(({ count }) => count > 0);
  const over = counted.filter(({ longestMs, boundMs }) => longestMs > boundMs);
  // A long wait in the warm-up is no finding, but the detail shows it.
  const most = Math.max(...counted.map(({ boundMs }) => boundMs));
  const isCold = over.length === 0 && longestOfAll > most;
  const cold = isCold ? ` (${longestOfAll.toFixed(0)} ms with the warm-up)` : '';
  const detail = counted
    .map((longest, index) => {
      const ms = `longest ${longest.longestMs.toFixed(0)} ms${index === 0 ? cold : ''}`;
      return `${longest === usual ? '' : 'under the fault '}${ms}; bound ${longest.boundMs.toFixed(0)} ms${ofQueue}`;
    })
    .join('; ');
  if (over.length === 0) return { verdict: 'pass', detail };
  if (over.every(({ unexplainedMs, boundMs }) => unexplainedMs <= boundMs))
    return { verdict: 'unknown', detail: `${detail}; a stall may be why` };
  // A machine that is too busy to send in time is too busy to answer in time.
  return paceKept
    ? { verdict: 'fail', detail }
    : { verdict: 'unknown', detail: `${detail}, at an uneven load` };
}

function waitBoundMs(evidence: Evidence): number {
  const { settings } = evidence;
  const recomputeMs = settings.recomputeMs * (1 + settings.recomputeJitter);
  return settings.leaseMs + 2 * recomputeMs + queueBoundMs(evidence) + SLACK_MS;
}

function clockFinding(evidence: Case, { client, replica }: WaitsSeen, paceKept: boolean): Finding {
  const { settings, claim, warmWallMs, clockErrorMs } = evidence;
  if (settings.recomputeMs < LEAST_RECOMPUTE_MS)
    return {
      verdict: 'unknown',
      detail: `a wait for a recompute of under ${LEAST_RECOMPUTE_MS} ms does not show`,
    };
  if (clockErrorMs === undefined) return CLOCKS_UNKNOWN;
  const warm = undelayedRecomputes(evidence).filter(({ beganWallMs }) => beganWallMs >= warmWallMs);
  const winners = claim.waits === 'winner' ? warm.length : 0;
  const atClient = clockSays(client, { at: 'client', more: winners, paceKept });
  // Few answers say how long the replica took where a proxy serves the others.
  if (replica.inside + replica.outside < (client.inside + client.outside) / 2) return atClient;
  return gravest([atClient, clockSays(replica, { at: 'replica', more: winners, paceKept })]);
}

/** The longest wait for some answers once warm, in ms. */
interface Longest {
  readonly boundMs: number;
  count: number;
  longestMs: number;
  /** The longest of those beyond the bound, without the time that stalls explain. */
  unexplainedMs: number;
}

interface WaitsSeen {
  readonly usual: Longest;
  /** Of those that the fault may have delayed. */
  readonly delayed: Longest;
  /** Before it was warm, too. */
  readonly longestOfAll: number;
  /** From when a request was sent: a late injector is not the strategy's fault. */
  readonly client: Measured;
  readonly replica: Measured;
}

function waitsSeen(evidence: Case): Witness<WaitsSeen> {
  const boundMs = waitBoundMs(evidence);
  const usual: Longest = { boundMs, count: 0, longestMs: 0, unexplainedMs: 0 };
  const delayed: Longest = { ...usual, boundMs: boundMs + allowedIn(evidence).extraWaitMs };
  const isDelayed = mayBeDelayed(evidence);
  const isRefilling = refilling(evidence);
  const stalled = stalledTime(evidence);
  const windows = recomputeWindows(evidence);
  const [client, replica] = [new Stopwatch(windows, evidence), new Stopwatch(windows, evidence)];
  let longestOfAll = 0;
  const answers = answersTo((answer) => {
    const { by, dueAt, sentAt, endedAt, tookMs } = answer;
    const waitedMs = endedAt - dueAt;
    longestOfAll = Math.max(longestOfAll, waitedMs);
    if (!isWarm(evidence, answer)) return;
    const longest = isDelayed(dueAt, endedAt) ? delayed : usual;
    longest.count += 1;
    longest.longestMs = Math.max(longest.longestMs, waitedMs);
    if (waitedMs > longest.boundMs) {
      const unexplainedMs = waitedMs - stalled.client(by, dueAt, endedAt);
      longest.unexplainedMs = Math.max(longest.unexplainedMs, unexplainedMs);
    }
    if (longest === delayed || isRefilling(sentAt, endedAt)) return;
    client.time({
      ...{ sentAt, endedAt, tookMs: endedAt - sentAt, counts: true },
      stalledMs: () => stalled.client(by, sentAt, endedAt),
    });
    if (tookMs === undefined) return;
    const stalledMs = () => stalled.replica(by, sentAt, endedAt);
    replica.time({ sentAt, endedAt, tookMs, counts: true, stalledMs });
  });
  return together([answers], () => ({
    ...{ usual, delayed, longestOfAll },
    ...{ client: client.end(), replica: replica.end() },
  }));
}
