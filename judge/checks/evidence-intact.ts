import { knownIf } from '../../faults/support/finding.ts';
import { counting, together } from '../../faults/support/witness.ts';
import type { Check } from './check.ts';

/**
 * Checks that no piece of the record is broken or missing, and that nobody who writes it ended by itself. Otherwise this is
 * the run's only finding: what any other check could say would rest on broken evidence.
 */
export const evidenceIntact: Check = {
  name: 'evidence intact',
  judge({ arrivals, events, ledger, casualties, damage = [] }) {
    const [first] = damage;
    if (first !== undefined) return { verdict: 'unknown', detail: first };
    if (casualties.length > 0)
      return { verdict: 'unknown', detail: `${casualties.join(', ')} ended by itself: see logs/` };
    const requests = counting(() => true);
    return together([requests], () => {
      const seal = arrivals.isSealed ? '' : '; not sealed';
      const pieces = `${requests.end()} requests, ${events.length} events, ${ledger.length} ledger lines${seal}`;
      return knownIf(arrivals.damage === undefined, arrivals.damage ?? pieces);
    });
  },
};
