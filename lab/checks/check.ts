import type { Evidence } from './evidence.ts';

/** `unknown`: the run does not allow a judgement; never a kind of pass. */
export type Verdict = 'pass' | 'fail' | 'unknown';

export interface Finding {
  readonly verdict: Verdict;
  /** What was seen, with its figures, in a few words. */
  readonly detail: string;
}

/** One question put to a run. `undefined`: the strategy promises nothing here. */
export interface Check {
  readonly name: string;
  judge(evidence: Evidence): Finding | undefined;
}

/** A clock reading of one process against another's on the same machine: differences below this mean nothing. */
export const CLOCK_SLACK_MS = 5;

export const passIf = (good: boolean, detail: string): Finding => ({
  verdict: good ? 'pass' : 'fail',
  detail,
});
export const knownIf = (good: boolean, detail: string): Finding => ({
  verdict: good ? 'pass' : 'unknown',
  detail,
});
