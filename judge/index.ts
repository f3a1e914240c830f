import type { RunRecord } from '../record/result.ts';
import { type Case, evidenceFrom, type Recording } from './evidence.ts';
import { recordOf } from './result.ts';

/** A judged run: what result.json says of it, and the evidence that it was judged by. */
export interface Judged {
  readonly record: RunRecord;
  readonly evidence: Case;
}

/** Judges a run by what was recorded of it, and by nothing else. */
export function judge(recording: Recording): Judged {
  const evidence = evidenceFrom(recording);
  return { record: recordOf(evidence), evidence };
}
