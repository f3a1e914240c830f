import { passIf } from '../../faults/support/finding.ts';
import { answersTo, together } from '../../faults/support/witness.ts';
import { mayWaitForAnother } from '../waiting/for-another.ts';
import type { Check } from './check.ts';

/**
 * Checks that at most one caller per replica waits for another replica's recompute, so that no convoy forms at the store.
 * That shows only if several callers of one replica want a value at once: then more answers were waited for than there were waits
 * at the store.
 */
export const oneWaiter: Check = {
  name: 'one waiter per replica',
  inside: 'who waits at the store',
  judge(evidence) {
    const { claim, settings, events, recomputes } = evidence;
    if (!claim.oneWaiterPerReplica || !settings.singleFlight) return undefined;
    const atOnce = events.flatMap((event) =>
      event.event === 'waiting' && event.key === settings.key ? [event.atOnce] : [],
    );
    const most = atOnce.reduce((a, b) => Math.max(a, b), 0);
    const madeBy = new Map(recomputes.map(({ version, by }) => [version, by]));
    let waited = 0;
    const answers = answersTo(({ served, version, by }) => {
      if (served === 'waited' && madeBy.get(version) !== by) waited += 1;
    });
    return together([answers], () => {
      const waits = `${atOnce.length} waits`;
      if (most > 1) return passIf(false, `${waits}, at most ${most} at once in a replica`);
      if (waited > atOnce.length) return passIf(true, `${waits}, at most ${most} at once in a replica`);
      if (!mayWaitForAnother(evidence)) return undefined;
      return { verdict: 'unknown', detail: `${waits} for ${waited} answers: nobody waited behind another` };
    });
  },
};
