import { type Check, passIf } from './check.ts';
import { paceOf } from './injector.ts';

/** What a scheduler, a garbage collection and a long queue may add on a busy machine. */
const SLACK_MS = 500;
/** How those who do not wait are served, where not everyone does. */
const QUICK: Readonly<Record<'winner' | 'nobody', readonly string[]>> = {
  winner: ['hit', 'stale', 'early', 'recomputed'],
  nobody: ['hit', 'stale'],
};

/** Nobody waits longer than a lease and two recomputes; where the claim is that others do not wait, none of them does. */
export const waits: Check = {
  name: 'bounded waits',
  judge(evidence) {
    const { claim, settings, answered, cycles, tolerance } = evidence;
    const filledAt = cycles[0]?.filledAt;
    if (filledAt === undefined) return { verdict: 'unknown', detail: 'the cache was never filled' };
    const longest = answered.reduce((most, { dueAt, endedAt }) => Math.max(most, endedAt - dueAt), 0);
    if (claim.waits !== 'everyone' && tolerance.extraWaitMs === 0) {
      const quick = QUICK[claim.waits];
      const later = answered.filter(({ sentAt }) => sentAt > filledAt);
      const waited = later.filter(({ served }) => !quick.includes(served));
      const detail = `${waited.length} of ${later.length} waited after the first fill`;
      // Where the machine is too busy to send in time, the store does not answer in time either.
      if (waited.length > 0 && waited.every(({ degraded }) => degraded) && !paceOf(evidence)?.kept)
        return { verdict: 'unknown', detail: `${detail}, all without the store, at an uneven load` };
      return passIf(waited.length === 0, detail);
    }
    const recomputeMs = settings.recomputeMs * (1 + settings.recomputeJitter);
    const bound = settings.leaseMs + 2 * recomputeMs + tolerance.extraWaitMs + SLACK_MS;
    const detail = `longest ${longest.toFixed(0)} ms; bound ${bound.toFixed(0)} ms`;
    // A machine too busy to send in time is too busy to answer in time.
    if (longest > bound && !paceOf(evidence)?.kept)
      return { verdict: 'unknown', detail: `${detail}, at an uneven load` };
    return passIf(longest <= bound, detail);
  },
};
