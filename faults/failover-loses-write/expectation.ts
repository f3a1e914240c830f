import type { Tolerance } from '../support/evidence.ts';
import type { Expectation } from '../support/expectation.ts';
import { passIf } from '../support/finding.ts';
import { versionOf } from '../support/holder.ts';
import { tolerance } from '../support/redis-outage.ts';
import { STORE_KILLED } from '../support/timeline.ts';

/** What the lab notes of the promoted replica, before anybody writes there: its newest fence and its newest version. */
export const THERE = 'newest there';

/**
 * Kills the primary right after a commit that no Redis replica has, though they have the grant. The commit is lost, although the
 * primary acknowledged it. With `WAIT_FOR=all` the holder is not told that it counts.
 */
export const failoverLosesWrite: Expectation = {
  name: 'failover-loses-write',
  summary: 'SIGKILL the primary right after a commit that no replica has',
  guard: 'none for the value; the fence for the order; WAIT_FOR=all for the acknowledgement',
  // The recompute leaves time to cut the replicas off. The lease outlasts the promotion, so that nobody is granted it before the
  // look. With a second replica, the new primary has one of its own, and `WAIT` can be met.
  presets: {
    ...{ STORE: 'sentinel', STORE_REPLICAS: '2' },
    ...{ TTL: '2s', RECOMPUTE: '1s', LEASE: '5s', RATE: '100', EXPIRIES: '3' },
  },
  needs: { STORE: 'sentinel' },
  tolerance: (settings) => ({
    ...tolerance(settings),
    forgetsStore: true,
    orderOf,
  }),
  verify(evidence, timeline) {
    const { commits, events, settings } = evidence;
    const { fence = 0 } = timeline;
    const killed = timeline.noteOf(STORE_KILLED);
    const promoted = timeline.noteOf('promoted');
    const there = timeline.noteOf(THERE)?.details;
    if (!killed || !promoted || !there)
      return { verdict: 'unknown', detail: 'missed: no commit, or nobody was promoted' };
    if (Number(there.fence) !== fence)
      return { verdict: 'unknown', detail: 'missed: the grant was not the newest at the promoted replica' };
    const version = versionOf(evidence, timeline);
    if (version === undefined || Number(there.version) >= version)
      return { verdict: 'unknown', detail: 'missed: the promoted replica had the write' };
    const isAcknowledged = events.some(
      (event) => event.event === 'commit' && event.fence === fence && event.outcome === 'accepted',
    );
    const mayAcknowledge = settings.waitReplicas === 0 || settings.waitFor !== 'all';
    const next = commits.find(({ accepted, atWallMs }) => accepted && atWallMs > killed.atWallMs);
    if (!next) return { verdict: 'unknown', detail: 'missed: nothing was stored afterwards' };
    const rises = next.fence > fence && next.version > version;
    const upMs = (promoted.atWallMs - killed.atWallMs).toFixed(0);
    return passIf(
      isAcknowledged === mayAcknowledge && rises,
      `version ${version} was ${isAcknowledged ? 'acknowledged' : 'not acknowledged'} and is lost: the new primary ` +
        `(up after ${upMs} ms) had version ${there.version}; the next fill (version ${next.version}, fence ${next.fence}) ${rises ? 'is newer' : 'IS NOT NEWER'} than the lost one (fence ${fence})`,
    );
  },
};

/** Reads may go back to what the new primary has. A request that spans the blow is in no order. */
const orderOf: Tolerance['orderOf'] = (_by, from, to, timeline) => {
  const killedAt = timeline.noteOf(STORE_KILLED)?.atWallMs ?? timeline.injectedWallMs;
  if (to < killedAt) return 'old primary';
  return from > killedAt ? 'new primary' : undefined;
};
