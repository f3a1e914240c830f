import type { RunRecord } from '../record/result.ts';
import { type Case, evidenceFrom, type Recording } from './evidence.ts';
import { recordOf } from './result.ts';

/** A judged run: its result.json, and the evidence for it. */
export interface Judged {
  readonly record: RunRecord;
  readonly evidence: Case;
}

/** Judges a run by its recording, and by nothing else. */
export function judge(recording: Recording): Judged {
  const evidence = evidenceFrom(recording);
  return { record: recordOf(evidence), evidence };
}
