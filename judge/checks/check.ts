import type { Finding } from '../../faults/support/finding.ts';
import type { Ruling } from '../../faults/support/witness.ts';
import type { Case } from '../evidence.ts';

/** One question about a run. `undefined`: the strategy promises nothing here. */
export interface Check {
  readonly name: string;
  /**
   * What the check must see of a service's inside, in a few words. Of a user's own service nobody sees it, so the check is
   * left out and listed as not visible.
   */
  readonly inside?: string;
  /**
   * Finds at once, or gives a witness who finds after having seen every arrival. Do not read `evidence.arrivals` here:
   * the judge lets them pass once, for all checks together.
   */
  judge(evidence: Case): Ruling<Finding | undefined>;
}
