import type { StoreMs } from '../../strategies/contract/index.ts';
import type { Evidence } from '../support/evidence.ts';
import type { Expectation } from '../support/expectation.ts';
import { passIf } from '../support/finding.ts';
import { failuresSince, fleetBefore, type Life, livesIn, mostRecomputes } from '../support/replicas.ts';
import { answersTo, together } from '../support/witness.ts';
import { outside } from './outside.ts';

/**
 * Deploys: takes each replica in turn out of the load, stops it, restarts it and puts it back. Each is stopped in the
 * middle of an expiry, the recomputing one first. Nobody notices.
 */
export const rollingRestart: Expectation = {
  name: 'rolling-restart',
  summary: 'replace every replica in mid-expiry, the lease holder first',
  guard: 'a stopped replica drains: it answers, commits and releases before it ends',
  presets: { TTL: '2s', RECOMPUTE: '600ms', RATE: '200', EXPIRIES: '5' },
  leastReplicas: 2,
  outside,
  tolerance: () => ({}),
  verify(evidence, timeline) {
    const before = fleetBefore(evidence, timeline);
    const atWork = before.flatMap((life) => workWhenStopped(evidence, life));
    if (atWork.length === 0)
      return { verdict: 'unknown', detail: 'missed: no replica was stopped in the middle of a recompute' };
    const written = atWork.filter(({ version, by }) =>
      evidence.commits.some((commit) => commit.accepted && commit.version === version && commit.by === by),
    ).length;
    const failures = failuresSince(evidence, timeline);
    const lastSentAt = new Map<string, number>();
    const answers = answersTo(({ by = '', sentAt }) => {
      if (sentAt > (lastSentAt.get(by) ?? 0)) lastSentAt.set(by, sentAt);
    });
    return together([failures, answers], () => {
      const replaced = before.filter((life) => isReplaced(evidence, life, lastSentAt)).length;
      const failed = failures.end();
      return passIf(
        before.length === evidence.settings.replicas &&
          replaced === before.length &&
          written === atWork.length &&
          failed === 0,
        `${replaced} of ${evidence.settings.replicas} replaced and drained; ${atWork.length} stopped in mid-recompute, ` +
          `${written} of them wrote; ${failed} requests failed; at most ${mostRecomputes(evidence)} recomputes an expiry`,
      );
    });
  },
};

/**
 * Tells whether the process drained to the end, and another of its name has answered since. `lastSentAt`: when the last
 * request was sent that each name answered.
 */
const isReplaced = (
  { events }: Evidence,
  { name, stoppedAt, drained }: Life,
  lastSentAt: ReadonlyMap<string, number>,
): boolean =>
  drained === true &&
  livesIn(events).some(
    (next) =>
      next.name === name &&
      next.startedAt > (stoppedAt ?? Number.POSITIVE_INFINITY) &&
      (lastSentAt.get(name) ?? 0) > next.startedAt,
  );

/**
 * Gives the recomputes that a replica had in flight at its signal to stop; of a fenced strategy, those under a lease. What was
 * invalidated meanwhile does not count: its write must be refused.
 */
function workWhenStopped(
  { recomputes, grants, claim, invalidations }: Evidence,
  { name, drainingAt, stoppedAt = Number.POSITIVE_INFINITY }: Life,
) {
  if (drainingAt === undefined) return [];
  const underLease = (seenStoreMs: StoreMs | undefined) =>
    grants.some((grant) => grant.by === name && grant.atStoreMs === seenStoreMs);
  return recomputes.filter(
    ({ by, beganWallMs, endedWallMs = Number.POSITIVE_INFINITY, seenStoreMs }) =>
      by === name &&
      beganWallMs < drainingAt &&
      endedWallMs > drainingAt &&
      (!claim.fenced || underLease(seenStoreMs)) &&
      !invalidations.some(({ atWallMs }) => atWallMs >= beganWallMs && atWallMs <= stoppedAt),
  );
}
