import { patienceMsFor } from '../../../strategies/contract/index.ts';
import { mostAtOnce } from '../answers/most-at-once.ts';
import type { Evidence, Recompute, Tolerance } from '../evidence.ts';
import { type Finding, passIf } from '../finding.ts';
import { isTouched } from '../lookups.ts';
import { failuresSince } from '../replicas.ts';
import type { Timeline } from '../timeline.ts';
import { countingAnswers, together } from '../witness.ts';
import { madeIn } from './made.ts';
import type { Outside } from './outside.ts';
import { RECOVERS_WITHIN_MS } from './recovery.ts';

/**
 * Gives how a service of the user's own is judged while Redis is gone and afterwards. Meanwhile each replica is alone: it
 * answers, and recomputes no more at once than the service promises per expiry, and one more where it loses or finds Redis in
 * the middle of a recompute. Versions have no order then. When Redis is back, the service has two seconds to notice. Then every
 * promise holds again.
 */
export const redisOutage = (forgetsStore: boolean): Outside => ({
  needsProcess: true,
  tolerance: (settings) => ({
    degraded: 'everyone',
    forgetsStore,
    extraRecomputes: Number.POSITIVE_INFINITY,
    // A client without a time-out of its own may wait for Redis for as long as a request has patience.
    extraWaitMs: patienceMsFor(settings),
    aftermathMs: RECOVERS_WITHIN_MS,
    orderOf,
  }),
  verify(evidence, timeline, _, { recomputes: most = Number.POSITIVE_INFINITY }) {
    const answers = countingAnswers(({ endedAt }) => isMeanwhile(endedAt, timeline));
    const failures = failuresSince(evidence, timeline);
    return together([answers, failures], () =>
      findingFrom(evidence, timeline, { answered: answers.end(), failed: failures.end(), most }),
    );
  },
});

const orderOf: Tolerance['orderOf'] = (_, fromWallMs, toWallMs, { plannedWallMs, healedWallMs }) =>
  toWallMs < plannedWallMs || fromWallMs > healedWallMs + RECOVERS_WITHIN_MS ? 'all' : undefined;

const isMeanwhile = (wallMs: number, { injectedWallMs, healedWallMs }: Timeline): boolean =>
  wallMs > injectedWallMs && wallMs < healedWallMs + RECOVERS_WITHIN_MS;

function findingFrom(
  evidence: Evidence,
  timeline: Timeline,
  { answered, failed, most }: { readonly answered: number; readonly failed: number; readonly most: number },
): Finding {
  const { injectedWallMs, healedWallMs } = timeline;
  const alone = evidence.recomputes.filter(({ beganWallMs }) => isMeanwhile(beganWallMs, timeline));
  const atOnce = mostPerReplica(alone);
  const again = madeIn(evidence).find(({ beganWallMs }) => beganWallMs > injectedWallMs);
  const inPeace = evidence.judged.filter(
    (cycle) => cycle.beganWallMs > healedWallMs && !isTouched(evidence, cycle),
  ).length;
  const detail =
    `${answered} answers and ${alone.length} recomputes until it had recovered, at most ${atOnce} at once per replica; ` +
    `${failed} requests failed; ${inPeace} expiries afterwards`;
  if (failed > 0 || atOnce > most + 1) return passIf(false, detail);
  if (!again || answered === 0)
    return { verdict: 'unknown', detail: `missed: nobody had to do without Redis; ${detail}` };
  if (inPeace === 0)
    return { verdict: 'unknown', detail: `nothing expired when it had recovered; ${detail}` };
  return passIf(true, detail);
}

/** Gives the most recomputes that one replica had under way at once. One that it gave up does not count: its end is late. */
const mostPerReplica = (recomputes: readonly Recompute[]): number =>
  Math.max(
    0,
    ...[...Map.groupBy(recomputes, ({ by }) => by).values()].map((own) =>
      mostAtOnce(own.filter(({ ending }) => ending !== 'aborted')),
    ),
  );
