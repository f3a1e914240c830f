import type { Answered, Evidence } from '../../faults/support/evidence.ts';
import { passIf } from '../../faults/support/finding.ts';
import { filledOnceAt } from '../evidence.ts';
import type { Check } from './check.ts';
import { paceOf } from './injector.ts';

/** What scheduling, garbage collection and a long queue may add on a busy machine. */
const SLACK_MS = 500;
/** A request that was sent this shortly before a value was stored may have met it on the way. */
const ON_THE_WAY_MS = 50;
/** The outcomes of requests that do not wait, if the claim is that not everyone waits. */
const QUICK: Readonly<Record<'winner' | 'nobody', readonly string[]>> = {
  winner: ['hit', 'stale', 'early', 'recomputed'],
  nobody: ['hit', 'stale'],
};

/** Checks that, after the warm-up, nobody waits longer than a lease and two recomputes, and only those who may wait do. */
export const waits: Check = {
  name: 'bounded waits',
  judge(evidence) {
    const { claim, settings, answered, warm, tolerance } = evidence;
    const filledAt = filledOnceAt(evidence);
    if (filledAt === undefined) return { verdict: 'unknown', detail: 'the cache was never filled' };
    if (warm.length === 0) return { verdict: 'unknown', detail: 'it ended before it was warm' };
    const longest = longestOf(warm);
    const longestOfAll = longestOf(answered);
    const recomputeMs = settings.recomputeMs * (1 + settings.recomputeJitter);
    const bound = settings.leaseMs + 2 * recomputeMs + tolerance.extraWaitMs + SLACK_MS;
    // A long wait in the warm-up is no finding, but the detail shows it.
    const cold = longestOfAll > bound ? ` (${longestOfAll.toFixed(0)} ms with the warm-up)` : '';
    const time = `longest ${longest.toFixed(0)} ms${longest > bound ? '' : cold}; bound ${bound.toFixed(0)} ms`;
    // A machine that is too busy to send in time is too busy to answer in time.
    const late = (detail: string) => ({
      verdict: paceOf(evidence)?.kept ? ('fail' as const) : ('unknown' as const),
      detail: paceOf(evidence)?.kept ? detail : `${detail}, at an uneven load`,
    });
    if (claim.waits !== 'everyone' && tolerance.extraWaitMs === 0) {
      const quick = QUICK[claim.waits];
      const later = answered.filter(({ sentAt }) => sentAt > filledAt);
      const metOnTheWay = onTheWay(evidence);
      const waited = later.filter((answer) => !quick.includes(answer.served) && !metOnTheWay(answer));
      const detail = `${waited.length} of ${later.length} waited after the first fill`;
      // On a machine that is too busy to send in time, the store does not answer in time either.
      if (waited.length > 0 && waited.every(({ degraded }) => degraded) && !paceOf(evidence)?.kept)
        return { verdict: 'unknown', detail: `${detail}, all without the store, at an uneven load` };
      // A replica serves a forwarded request as a hit, however long the proxy held it.
      if (waited.length === 0 && settings.proxy && longest > bound) return late(`${detail}; ${time}`);
      return passIf(waited.length === 0, detail);
    }
    return longest > bound ? late(time) : passIf(true, time);
  },
};

const longestOf = (answers: readonly Answered[]): number =>
  answers.reduce((most, { dueAt, endedAt }) => Math.max(most, endedAt - dueAt), 0);

/** Gives a test for answers from a proxy that count as `waited` only because they were on the way as the value was stored. */
function onTheWay({ commits }: Evidence): (answer: Answered) => boolean {
  const storedAt = new Map(commits.map(({ version, atWallMs }) => [version, atWallMs]));
  return ({ via, served, version, sentAt }) =>
    via !== undefined && served === 'waited' && (storedAt.get(version) ?? 0) - sentAt <= ON_THE_WAY_MS;
}
