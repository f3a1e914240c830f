import type { Finding } from '../../faults/support/finding.ts';
import type { Case } from '../evidence.ts';

/** One question about a run. `undefined`: the strategy promises nothing here. */
export interface Check {
  readonly name: string;
  judge(evidence: Case): Finding | undefined;
}
