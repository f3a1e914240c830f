import type { Answered } from '../../faults/support/evidence.ts';
import { isAnswered } from '../../faults/support/witness.ts';
import { type Arrival, NO_VERSION } from '../../record/arrival.ts';
import type { History } from '../../record/facts.ts';
import type { Settings } from '../../record/settings.ts';
import { CLOCK_SLACK_MS } from '../clocks.ts';
import { staleness } from '../staleness.ts';
import { waitBeyondMedianMs } from '../waiting/stopwatch.ts';
import type { ForeignLayout } from './layout.ts';

/** A service may store a value so long after its first answer with it. Its life begins then. */
export const STORED_AFTER_ANSWER_MS = 100;

/**
 * Gives the arrivals of a run of a user's own service, each with what was measured in place of what the service says of
 * it. An answer is `stale` if its value's TTL was over, else `waited` if it took longer than those that no recompute touched,
 * else a `hit`.
 */
export function measuredAnswers(history: History, { settings, layout, isWithoutStore }: MeasuredBy): History {
  const waitMs = layout.quickMs + waitBeyondMedianMs(settings);
  const stalenessOf = staleness({ commits: layout.made, settings, foreign: layout });
  const servedOf = (answer: Answered): string => {
    if ((stalenessOf(answer) ?? 0) > CLOCK_SLACK_MS + STORED_AFTER_ANSWER_MS) return 'stale';
    return answer.endedAt - answer.sentAt > waitMs ? 'waited' : 'hit';
  };
  const measured = (arrival: Arrival): Arrival => {
    const { degraded: _, answeredAt: __, tookMs: ___, ...seen } = arrival;
    if (seen.ending !== 'ok') return seen;
    if (!isAnswered(seen)) return { ...seen, served: NO_VERSION };
    const served = servedOf(seen);
    return isWithoutStore(seen) ? { ...seen, served, degraded: true } : { ...seen, served };
  };
  return {
    *[Symbol.iterator]() {
      for (const arrival of history) yield measured(arrival);
    },
    get isSealed() {
      return history.isSealed ?? false;
    },
    get damage() {
      return history.damage;
    },
  };
}

interface MeasuredBy {
  readonly settings: Settings;
  readonly layout: ForeignLayout;
  /** Tells whether a fault lets the service do without the store meanwhile. */
  isWithoutStore(answer: Answered): boolean;
}
