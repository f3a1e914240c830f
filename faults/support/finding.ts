import type { Verdict } from '../../record/result.ts';

export interface Finding {
  readonly verdict: Verdict;
  /** What was seen, with its figures, in a few words. */
  readonly detail: string;
}

export const passIf = (good: boolean, detail: string): Finding => ({
  verdict: good ? 'pass' : 'fail',
  detail,
});
export const knownIf = (good: boolean, detail: string): Finding => ({
  verdict: good ? 'pass' : 'unknown',
  detail,
});
