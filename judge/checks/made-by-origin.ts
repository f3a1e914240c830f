import type { Answered, Recompute } from '../../faults/support/evidence.ts';
import type { Finding } from '../../faults/support/finding.ts';
import { answersTo, together } from '../../faults/support/witness.ts';
import { CLOCK_SLACK_MS, CLOCKS_UNKNOWN } from '../clocks.ts';
import type { Check } from './check.ts';

/**
 * Checks that a user's own service answers with nothing but what the origin made: each answer's version is in the ledger, and its
 * recompute had ended before the answer did. The origin records the end before it replies, so nobody has a version
 * earlier, nor one whose recompute failed. A version that the ledger does not know makes the run unknown: nobody can tell how
 * old it was.
 */
export const madeByOrigin: Check = {
  name: 'answers made by the origin',
  judge({ foreign, recomputes, clockErrorMs }) {
    if (!foreign) return undefined;
    const made = new Map(recomputes.map((recompute) => [recompute.version, recompute]));
    const slackMs = CLOCK_SLACK_MS + (clockErrorMs ?? Number.POSITIVE_INFINITY);
    let count = 0;
    const impossible = new Tally();
    const unknown = new Tally();
    const answers = answersTo((answer) => {
      count += 1;
      const recompute = made.get(answer.version);
      if (!recompute) unknown.add(answer);
      else if (!couldHave(answer, recompute, slackMs)) impossible.add(answer);
    });
    return together([answers], (): Finding => {
      if (count === 0) return { verdict: 'unknown', detail: 'nobody was answered' };
      const [first, stranger] = [impossible.first, unknown.first];
      const recompute = first && made.get(first.version);
      if (first && recompute)
        return {
          verdict: 'fail',
          detail: `version ${first.version} from ${first.by} ${whyNot(recompute)}; ${impossible.count} of ${count} answers`,
        };
      if (stranger)
        return {
          verdict: 'unknown',
          detail: `the origin never made version ${stranger.version}, from ${stranger.by}; ${unknown.count} of ${count} answers`,
        };
      if (clockErrorMs === undefined) return CLOCKS_UNKNOWN;
      return { verdict: 'pass', detail: `all ${count} answers` };
    });
  },
};

/** Counts answers, and keeps the first. */
class Tally {
  count = 0;
  first: Answered | undefined;

  add(answer: Answered): void {
    this.count += 1;
    this.first ??= answer;
  }
}

const couldHave = ({ endedAt }: Answered, { ending, endedWallMs }: Recompute, slackMs: number): boolean =>
  ending === 'ok' && endedWallMs !== undefined && endedWallMs <= endedAt + slackMs;

const whyNot = ({ ending }: Recompute): string =>
  ending === 'ok' ? 'before the origin had made it' : 'although the origin never gave it out';
