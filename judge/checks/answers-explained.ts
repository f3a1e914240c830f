import type { Answered } from '../../faults/support/evidence.ts';
import { answersTo, together } from '../../faults/support/witness.ts';
import { madeForCallers } from '../operations/made-for-callers.ts';
import type { Check } from './check.ts';

/** How callers are served who have the value from the memory of the process that recomputed it. */
const FROM_MEMORY: readonly string[] = ['recomputed', 'early', 'waited'];

/**
 * Checks that every answer has a reason in the record: its version was committed, or its process made it without the store
 * while the caller was there, or its own process had the commit refused and gave the value to its own callers. An answer
 * without a reason makes the run unknown, since nobody can tell how old it was.
 */
export const answersExplained: Check = {
  name: 'every answer explained',
  inside: 'what the service writes to its store',
  judge(evidence) {
    const { commits } = evidence;
    const wasMadeForIt = madeForCallers(evidence);
    const stored = new Set(commits.filter(({ accepted }) => accepted).map(({ version }) => version));
    const refused = new Set(
      commits.filter(({ accepted }) => !accepted).map(({ version, by }) => `${version} ${by}`),
    );
    const wasRefused = ({ version, by, served }: Answered) =>
      FROM_MEMORY.includes(served) && refused.has(`${version} ${by}`);
    let [explained, degraded, unexplained] = [0, 0, 0];
    let [first, firstKept]: (Answered | undefined)[] = [];
    let kept = 0;
    const answers = answersTo((answer) => {
      if (answer.degraded) {
        degraded += 1;
        if (wasMadeForIt(answer)) return;
        kept += 1;
        firstKept ??= answer;
      } else if (stored.has(answer.version) || wasRefused(answer)) explained += 1;
      else {
        unexplained += 1;
        first ??= answer;
      }
    });
    return together([answers], () => {
      if (first) {
        const { version, by = 'nobody named' } = first;
        const of = `${unexplained} of ${explained + unexplained} answers`;
        return { verdict: 'unknown', detail: `no commit of version ${version}, answered by ${by}; ${of}` };
      }
      if (firstKept) {
        const { version, by = 'nobody named' } = firstKept;
        const of = `${kept} of ${degraded} answers without Redis`;
        const detail = `${by} did not make version ${version} for a caller who was there; ${of}`;
        return { verdict: 'unknown', detail };
      }
      if (explained === 0) return { verdict: 'unknown', detail: 'no answer came from the store' };
      const without = degraded > 0 ? `, ${degraded} without Redis` : '';
      return { verdict: 'pass', detail: `${explained} answers of committed versions${without}` };
    });
  },
};
