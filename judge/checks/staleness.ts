import { type Finding, passIf } from '../../faults/support/finding.ts';
import { allowedIn, mayBeDelayed } from '../../faults/support/lookups.ts';
import { answersTo, together } from '../../faults/support/witness.ts';
import { CLOCK_SLACK_MS, CLOCKS_UNKNOWN } from '../clocks.ts';
import { STORED_AFTER_ANSWER_MS } from '../foreign/measured-answers.ts';
import { stalenessRange } from '../staleness.ts';
import { gravest } from '../waiting/clock-says.ts';
import type { Check } from './check.ts';

/**
 * Checks that no value is served longer past its TTL than the strategy claims. An answer whose version has no known commit
 * is neither fresh nor stale. A claim without a bound promises nothing. A commit that was settled by other evidence has a range of moments: the check fails if an
 * answer is too old by all of them, and is unknown if it is too old by some. What a fault may add holds only for answers
 * that it may have touched.
 */
export const staleness: Check = {
  name: 'staleness bound',
  judge(evidence) {
    const { claim, settings, clockErrorMs, foreign } = evidence;
    if (clockErrorMs === undefined) return CLOCKS_UNKNOWN;
    const claimed = claim.maxStaleMs(settings);
    if (claimed === Number.POSITIVE_INFINITY) return undefined;
    const isDelayed = mayBeDelayed(evidence);
    const slackMs = CLOCK_SLACK_MS + clockErrorMs + (foreign ? STORED_AFTER_ANSWER_MS : 0);
    const usual: Oldest = { boundMs: claimed, dated: 0, leastMs: 0, mostMs: 0 };
    const { staleMs, extraWaitMs } = allowedIn(evidence);
    // A fault that delays a fill makes requests wait for it, or get stale values until it.
    const delayed: Oldest = {
      ...usual,
      boundMs: claimed + staleMs + (claimed > 0 ? extraWaitMs : 0),
    };
    const stalenessOf = stalenessRange(evidence);
    const answers = answersTo((answer) => {
      const found = stalenessOf(answer);
      if (!found) return;
      const oldest = isDelayed(answer.sentAt, answer.endedAt) ? delayed : usual;
      oldest.dated += 1;
      oldest.leastMs = Math.max(oldest.leastMs, found.leastMs);
      oldest.mostMs = Math.max(oldest.mostMs, found.mostMs);
    });
    return together([answers], (): Finding => {
      const [first, ...others] = [usual, delayed].flatMap((oldest): Finding[] => {
        if (oldest.dated === 0) return [];
        const finding = findingFrom(oldest, slackMs);
        return [oldest === usual ? finding : { ...finding, detail: `under the fault ${finding.detail}` }];
      });
      if (!first) return { verdict: 'unknown', detail: 'no answer came from the store' };
      const details = [first, ...others].map(({ detail }) => detail);
      return { ...gravest([first, ...others]), detail: details.join('; ') };
    });
  },
};

/** The oldest of some answers, counted from the end of their values' lives. */
interface Oldest {
  readonly boundMs: number;
  dated: number;
  leastMs: number;
  mostMs: number;
}

function findingFrom({ boundMs, leastMs, mostMs }: Oldest, slackMs: number): Finding {
  const allowedMs = boundMs + slackMs;
  const past = (ms: number) => `at most ${ms.toFixed(1)} ms past the TTL; bound ${boundMs} ms`;
  if (leastMs > allowedMs) return passIf(false, past(leastMs));
  if (mostMs > allowedMs)
    return {
      verdict: 'unknown',
      detail: `${past(mostMs)}, or ${leastMs.toFixed(1)} ms: a commit has no exact time`,
    };
  return passIf(true, past(mostMs));
}
