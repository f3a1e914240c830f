import type { WallMs } from '../../strategies/contract/index.ts';
import type { Evidence, Granted, Tolerance } from '../support/evidence.ts';
import type { Expectation } from '../support/expectation.ts';
import { passIf } from '../support/finding.ts';
import { tolerance } from '../support/redis-outage.ts';
import { countingAnswers, together } from '../support/witness.ts';

/**
 * Cuts the primary and the near app replicas off from the primary's replica, the Sentinels and everybody else. The
 * Sentinels promote the replica. There are two primaries, each with clients, until the old one hears of it. Then the writes
 * that it took meanwhile are lost.
 */
export const partition: Expectation = {
  name: 'partition',
  summary: 'cut the primary and half of the fleet off from the rest',
  guard: 'none for exactly-one; the fence keeps each side in order, and what is late out',
  // A TTL that is long enough for the promotion to end before the value expires on both sides.
  presets: { STORE: 'sentinel', TTL: '4s', RECOMPUTE: '600ms', RATE: '200', EXPIRIES: '5' },
  onlyInRuns: 'it cuts the network, which only the lab that started the cluster can',
  needs: { STORE: 'sentinel' },
  tolerance: (settings) => ({ ...tolerance(settings), orderOf }),
  verify(evidence, timeline) {
    const promoted = timeline.noteOf('promoted');
    const demoted = timeline.noteOf('demoted');
    const rejoined = timeline.noteOf('rejoined');
    if (!promoted || !demoted || !rejoined)
      return { verdict: 'unknown', detail: 'missed: there never were two primaries, or they stayed' };
    const apart = ({ by, atWallMs }: { readonly by: string; readonly atWallMs: WallMs }) =>
      atWallMs > promoted.atWallMs && atWallMs < Number(rejoined.details[by] ?? 0);
    const fills = evidence.commits.filter(
      ({ accepted, atWallMs }) => accepted && atWallMs > promoted.atWallMs,
    );
    const lost = fills.filter(apart);
    const kept = fills.filter((fill) => !apart(fill) && fill.atWallMs < rejoined.atWallMs);
    if (kept.length === 0)
      return { verdict: 'unknown', detail: 'missed: the new primary was not written to' };
    const onOld = evidence.grants.filter(apart);
    const { minReplicas, waitReplicas } = evidence.settings;
    if (onOld.length === 0 && lost.length === 0 && minReplicas === 0 && waitReplicas === 0)
      return { verdict: 'unknown', detail: 'missed: nobody worked on the old primary' };
    // After the rejoin everybody reads the new primary, which never had the old one's writes.
    const lostVersions = new Set(lost.map(({ version }) => version));
    const back = countingAnswers(
      ({ by = '', version, sentAt }) =>
        lostVersions.has(version) && sentAt > Number(rejoined.details[by] ?? promoted.atWallMs),
    );
    const late = fills.filter((fill) => !apart(fill) && onOld.some((grant) => isOf(grant, fill)));
    const alone = evidence.recomputes.filter(
      ({ beganWallMs, seenStoreMs }) =>
        seenStoreMs === undefined && beganWallMs > timeline.plannedWallMs && beganWallMs < rejoined.atWallMs,
    ).length;
    const { count, ms } = holdersAtOnce(evidence, onOld, promoted.atWallMs, rejoined.atWallMs);
    return together([back], () =>
      passIf(
        back.end() === 0 && late.length === 0,
        `two primaries with clients for ${seconds(rejoined.atWallMs - promoted.atWallMs)} (the old one knew ${seconds(demoted.atWallMs - rejoined.atWallMs)} later): ` +
          `${count} times two holders at once, for ${seconds(ms)} in all; ${onOld.length} recomputes on the old one beside ${kept.length} on the new, ` +
          `${alone} without Redis; ${lost.length} fills lost, ${back.end()} answers with them afterwards; ${late.length} late fills accepted`,
      ),
    );
  },
};

/**
 * Puts a near replica in an order of its own from the cut until it is connected to another server. A request that spans the
 * change is in no order.
 */
const orderOf: Tolerance['orderOf'] = (by, from, to, timeline) => {
  const rejoinedAt = Number(timeline.noteOf('rejoined')?.details[by] ?? timeline.healedWallMs);
  if (!timeline.near.includes(by) || from < timeline.plannedWallMs || from > rejoinedAt) return 'all';
  return to < rejoinedAt ? 'near' : undefined;
};

/** Two primaries may mint the same fence in the same millisecond. */
const isOf = (grant: Granted, commit: { readonly fence: number; readonly by: string }) =>
  grant.fence === commit.fence && grant.by === commit.by;

/** Counts how often, and for how long in all, the old and the new primary both had a holder. */
function holdersAtOnce(evidence: Evidence, onOld: readonly Granted[], from: number, to: number) {
  const termOf = (grant: Granted) => {
    const { atWallMs } = grant;
    const end = evidence.commits.find((commit) => isOf(grant, commit) && commit.atWallMs >= atWallMs);
    return {
      from: Math.max(atWallMs, from),
      until: Math.min(end?.atWallMs ?? atWallMs + evidence.settings.leaseMs, to),
    };
  };
  const here = onOld.map(termOf);
  const there = evidence.grants.filter((grant) => !onOld.includes(grant)).map(termOf);
  const overlaps = here
    .flatMap((a) => there.map((b) => Math.min(a.until, b.until) - Math.max(a.from, b.from)))
    .filter((ms) => ms > 0);
  return { count: overlaps.length, ms: overlaps.reduce((sum, ms) => sum + ms, 0) };
}

const seconds = (ms: number) => `${(ms / 1000).toFixed(1)} s`;
