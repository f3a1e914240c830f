import type { Evidence } from '../../faults/support/evidence.ts';
import type { Finding } from '../../faults/support/finding.ts';
import { answersTo, together, type Witness } from '../../faults/support/witness.ts';
import { CLOCKS_UNKNOWN } from '../clocks.ts';
import { type Case, isWarm } from '../evidence.ts';
import { queueBoundMs } from '../load/queue.ts';
import { clockSays, gravest } from '../waiting/clock-says.ts';
import { recomputeWindows } from '../waiting/recompute-windows.ts';
import { stalledTime } from '../waiting/stalled.ts';
import { LEAST_RECOMPUTE_MS, type Measured, Stopwatch } from '../waiting/stopwatch.ts';
import type { Check } from './check.ts';
import { keptPace } from './injector.ts';

/** What scheduling, garbage collection and a replica's own queue may add on a busy machine. */
const SLACK_MS = 500;

/**
 * Checks that, after the warm-up, nobody waits longer than a lease, two recomputes and the queue that the claim allows; and
 * where the claim is that nobody waits, or only the winner, that nobody else does, by the clock: at the client, and at
 * the replica where it says how long it took. What a request is labelled counts for nothing here.
 */
export const waits: Check = {
  name: 'bounded waits',
  judge(evidence) {
    const seen = waitsSeen(evidence);
    const pace = keptPace(evidence);
    return together([seen, pace], () => findingFrom(evidence, seen.end(), pace.end()?.kept ?? false));
  },
};

function findingFrom(evidence: Case, seen: WaitsSeen, paceKept: boolean): Finding {
  const { cycles, claim, tolerance } = evidence;
  if (cycles[0]?.filledWallMs === undefined)
    return { verdict: 'unknown', detail: 'the cache was never filled' };
  if (seen.warm === 0) return { verdict: 'unknown', detail: 'it ended before it was warm' };
  const longest = longestFinding(evidence, seen, paceKept);
  if (claim.waits === 'everyone' || tolerance.extraWaitMs > 0) return longest;
  const clock = clockFinding(evidence, seen, paceKept);
  return { ...gravest([clock, longest]), detail: `${clock.detail}; ${longest.detail}` };
}

function longestFinding(evidence: Evidence, seen: WaitsSeen, paceKept: boolean): Finding {
  const { longest, longestOfAll, longestUnexplained } = seen;
  const bound = waitBoundMs(evidence);
  const queueMs = queueBoundMs(evidence);
  const ofQueue = queueMs > 0 ? `, ${queueMs.toFixed(0)} ms of it for the origin's queue` : '';
  // A long wait in the warm-up is no finding, but the detail shows it.
  const cold = longestOfAll > bound ? ` (${longestOfAll.toFixed(0)} ms with the warm-up)` : '';
  const detail = `longest ${longest.toFixed(0)} ms${longest > bound ? '' : cold}; bound ${bound.toFixed(0)} ms${ofQueue}`;
  if (longest <= bound) return { verdict: 'pass', detail };
  if (longestUnexplained <= bound) return { verdict: 'unknown', detail: `${detail}; a stall may be why` };
  // A machine that is too busy to send in time is too busy to answer in time.
  return paceKept
    ? { verdict: 'fail', detail }
    : { verdict: 'unknown', detail: `${detail}, at an uneven load` };
}

function waitBoundMs(evidence: Evidence): number {
  const { settings, tolerance } = evidence;
  const recomputeMs = settings.recomputeMs * (1 + settings.recomputeJitter);
  return settings.leaseMs + 2 * recomputeMs + queueBoundMs(evidence) + tolerance.extraWaitMs + SLACK_MS;
}

function clockFinding(
  { settings, claim, recomputes, warmWallMs, clockErrorMs }: Case,
  { client, replica }: WaitsSeen,
  paceKept: boolean,
): Finding {
  if (settings.recomputeMs < LEAST_RECOMPUTE_MS)
    return {
      verdict: 'unknown',
      detail: `a wait for a recompute of under ${LEAST_RECOMPUTE_MS} ms does not show`,
    };
  if (clockErrorMs === undefined) return CLOCKS_UNKNOWN;
  const warm = recomputes.filter(({ beganWallMs }) => beganWallMs >= warmWallMs);
  const winners = claim.waits === 'winner' ? warm.length : 0;
  const atClient = clockSays(client, { at: 'client', more: winners, paceKept });
  // Few answers say how long the replica took where a proxy serves the others.
  if (replica.inside + replica.outside < (client.inside + client.outside) / 2) return atClient;
  return gravest([atClient, clockSays(replica, { at: 'replica', more: winners, paceKept })]);
}

interface WaitsSeen {
  /** How many answers there were once warm, the longest wait for one of them, and the longest of all. In ms. */
  readonly warm: number;
  readonly longest: number;
  readonly longestOfAll: number;
  /** The longest of those beyond the bound, without the time that stalls explain. */
  readonly longestUnexplained: number;
  /** From when a request was sent: a late injector is not the strategy's fault. */
  readonly client: Measured;
  readonly replica: Measured;
}

function waitsSeen(evidence: Case): Witness<WaitsSeen> {
  const bound = waitBoundMs(evidence);
  const stalled = stalledTime(evidence);
  const windows = recomputeWindows(evidence);
  const [client, replica] = [new Stopwatch(windows, evidence), new Stopwatch(windows, evidence)];
  let [warm, longest, longestOfAll, longestUnexplained] = [0, 0, 0, 0];
  const answers = answersTo((answer) => {
    const { by, dueAt, sentAt, endedAt, tookMs } = answer;
    const waitedMs = endedAt - dueAt;
    longestOfAll = Math.max(longestOfAll, waitedMs);
    if (!isWarm(evidence, answer)) return;
    warm += 1;
    longest = Math.max(longest, waitedMs);
    if (waitedMs > bound)
      longestUnexplained = Math.max(longestUnexplained, waitedMs - stalled.client(by, dueAt, endedAt));
    client.time({
      ...{ sentAt, endedAt, tookMs: endedAt - sentAt, counts: true },
      stalledMs: () => stalled.client(by, sentAt, endedAt),
    });
    if (tookMs === undefined) return;
    const stalledMs = () => stalled.replica(by, sentAt, endedAt);
    replica.time({ sentAt, endedAt, tookMs, counts: true, stalledMs });
  });
  return together([answers], () => ({
    ...{ warm, longest, longestOfAll, longestUnexplained },
    ...{ client: client.end(), replica: replica.end() },
  }));
}
