import { letPass } from '../faults/support/witness.ts';
import type { RunRecord } from '../record/result.ts';
import { type Case, evidenceFrom, type Recording } from './evidence.ts';
import { behaving } from './foreign/behaviour.ts';
import { type Measures, measuring } from './measures.ts';
import { recordOf } from './result.ts';
import { checksOn } from './verdict.ts';

/** A judged run: its result.json, the evidence for it, and what its arrivals add up to. */
export interface Judged {
  readonly record: RunRecord;
  readonly evidence: Case;
  readonly measures: Measures;
}

/**
 * Judges a run by its recording, and by nothing else. Reads the arrivals once; behind proxies, and of
 * a user's own service, twice.
 */
export function judge(recording: Recording): Judged {
  const evidence = evidenceFrom(recording);
  const [measured, checked] = [measuring(evidence), checksOn(evidence)];
  const behaved = evidence.foreign && behaving(evidence);
  letPass(evidence.arrivals, [measured, checked, ...(behaved ? [behaved] : [])]);
  const measures = measured.end();
  const record = recordOf(evidence, measures, checked.end(), behaved?.end());
  return { record, evidence, measures };
}
