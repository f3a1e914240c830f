import { isDecidedCommit } from '../../record/events.ts';
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
    const version = versionOf(evidence, timeline);
    const first = events.find((event) => event.event === 'commit' && event.fence === fence);
    if (first && isDecidedCommit(first) && first.outcome === 'fenced')
      return { verdict: 'unknown', detail: 'missed: the write was refused before the blow' };
    const next = commits.find(({ accepted, atWallMs }) => accepted && atWallMs > killed.atWallMs);
    // A write without an answer is sent again. That the new primary takes it shows that it had the grant, and not the write.
    const isSentAgain = next !== undefined && next.fence === fence && next.version === version;
    if (Number(there.fence) !== fence && !isSentAgain)
      return { verdict: 'unknown', detail: 'missed: the grant was not the newest at the promoted replica' };
    if (version === undefined || (Number(there.version) >= version && !isSentAgain))
      return { verdict: 'unknown', detail: 'missed: the promoted replica had the write' };
    if (!next) return { verdict: 'unknown', detail: 'missed: nothing was stored afterwards' };
    const isAcknowledged = events.some(
      (event) =>
        event.event === 'commit' &&
        event.fence === fence &&
        event.outcome === 'accepted' &&
        event.at <= killed.atWallMs,
    );
    const mayAcknowledge = settings.waitReplicas === 0 || settings.waitFor !== 'all';
    // A busy Redis answers late, and the Sentinels may take it for dead before the lab kills it.
    if (mayAcknowledge && !isAcknowledged)
      return { verdict: 'unknown', detail: 'missed: the write got no answer before the blow' };
    const isNewer = next.fence > fence && next.version > version;
    const isInOrder = isNewer || (isSentAgain && !isAcknowledged);
    const upMs = (promoted.atWallMs - killed.atWallMs).toFixed(0);
    const fate = isSentAgain ? 'was sent again' : 'is lost';
    const comparison = isSentAgain ? 'is that one' : `${isNewer ? 'is newer' : 'IS NOT NEWER'} than that one`;
    return passIf(
      (mayAcknowledge || !isAcknowledged) && isInOrder,
      `version ${version} (fence ${fence}) was ${isAcknowledged ? 'acknowledged' : 'not acknowledged'} and ${fate}: ` +
        `the new primary (up after ${upMs} ms) had version ${there.version}; ` +
        `the next fill (version ${next.version}, fence ${next.fence}) ${comparison}`,
    );
  },
};

/** Reads may go back to what the new primary has. A request that spans the blow is in no order. */
const orderOf: Tolerance['orderOf'] = (_by, from, to, timeline) => {
  const killedAt = timeline.noteOf(STORE_KILLED)?.atWallMs ?? timeline.injectedWallMs;
  if (to < killedAt) return 'old primary';
  return from > killedAt ? 'new primary' : undefined;
};
