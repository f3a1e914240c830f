import type { Expectation } from '../support/expectation.ts';
import { passIf } from '../support/finding.ts';
import { firstFillSince } from '../support/holder.ts';
import { tolerance } from '../support/redis-outage.ts';
import { STORE_KILLED } from '../support/timeline.ts';

/**
 * Kills the primary right after a grant that no Redis replica has, so that the new primary knows neither the lease nor its
 * fence. With `WAIT` every grant waits for replicas, and the primary dies after one that they have.
 */
export const redisFailover: Expectation = {
  name: 'redis-failover',
  summary: 'SIGKILL the primary right after a grant that no replica has',
  guard: 'fences rise by time; a commit needs the newest',
  // The recompute outlasts the failover and ends before the first renewal, so that its commit is tried.
  presets: { STORE: 'sentinel', TTL: '1s', RECOMPUTE: '3s', LEASE: '10s', RATE: '100', EXPIRIES: '3' },
  needs: { STORE: 'sentinel' },
  tolerance: (settings) => ({ ...tolerance(settings), forgetsStore: true }),
  verify(evidence, timeline) {
    const { events, commits, recomputes, settings } = evidence;
    const killed = timeline.noteOf(STORE_KILLED);
    const promoted = timeline.noteOf('promoted');
    if (!killed && settings.minReplicas > 0)
      return { verdict: 'unknown', detail: 'missed: min-replicas-to-write gave no grant without a replica' };
    if (!killed || !promoted)
      return { verdict: 'unknown', detail: 'missed: no grant, or nobody was promoted' };
    const fence = Number(killed.details.fence);
    const orphan = commits.find((commit) => commit.fence === fence);
    const newest = Number(timeline.noteOf('newest fence there')?.details.fence);
    // If the holder was faster than the lab's look, its commit had minted the next fence.
    const committedBefore = settings.waitReplicas > 0 && newest > fence && orphan?.accepted === true;
    const known = newest === fence || committedBefore;
    if (commits.some((commit) => commit.fence === fence && commit.atWallMs < killed.atWallMs))
      return { verdict: 'unknown', detail: 'missed: the holder had committed' };
    if (known !== settings.waitReplicas > 0)
      return {
        verdict: 'unknown',
        detail: `missed: the promoted replica ${known ? 'had' : 'did not have'} the grant`,
      };
    if (!known && !orphan)
      return { verdict: 'unknown', detail: "missed: the orphan's late commit never arrived" };
    const next = events.find(
      (event) => event.event === 'granted' && event.key === settings.key && event.at > killed.atWallMs,
    );
    const filled = commits.find(({ accepted, atWallMs }) => accepted && atWallMs > killed.atWallMs);
    const leased = firstFillSince(evidence, killed.atWallMs, fence).length;
    const until = filled?.atWallMs ?? Number.POSITIVE_INFINITY;
    const alone = recomputes.filter(
      ({ seenStoreMs, beganWallMs }) =>
        seenStoreMs === undefined && beganWallMs > killed.atWallMs && beganWallMs < until,
    ).length;
    const rises = next?.event === 'granted' && next.fence > fence;
    const fate = orphan === undefined ? 'was not written' : orphan.accepted ? 'was written' : 'was refused';
    return passIf(
      (known || !orphan?.accepted) && rises && leased === 1,
      `the grant was ${known ? 'known' : 'unknown'} to the new primary (up after ${(promoted.atWallMs - killed.atWallMs).toFixed(0)} ms); ` +
        `its fill ${fate}; ${alone} recomputes without Redis; the next fence ${rises ? 'is newer' : 'IS NOT NEWER'}; first fill: ${leased} recompute`,
    );
  },
};
