import { exactInterval, upperBound } from '../judge/exact-bounds.ts';
import type { Verdict } from '../record/result.ts';

const VERDICTS: readonly Verdict[] = ['pass', 'fail', 'unknown'];

/** Says how many runs ended how, and what share of such runs that leaves to fail. A run that is unknown says nothing of it. */
export function tallyOf(verdicts: readonly Verdict[]): string {
  const count = (verdict: Verdict) => verdicts.filter((other) => other === verdict).length;
  const told = VERDICTS.map((verdict) => `${count(verdict)} ${verdict}`).join(', ');
  return `${told}\n${boundOf(count('fail'), count('pass') + count('fail'))}`;
}

function boundOf(failed: number, judged: number): string {
  if (judged === 0) return 'no run was judged, so nothing is known of how many would fail';
  const [low, high] = exactInterval(failed, judged).map(percent);
  return failed === 0
    ? `${judged} of ${judged} judged passed: at most ${percent(upperBound(0, judged))} would fail (one-sided Clopper–Pearson, 95 %)`
    : `${failed} of ${judged} judged failed: ${low} to ${high} would fail (two-sided Clopper–Pearson, 95 %)`;
}

/** Writes a share in whole percent. */
export const percent = (share: number): string => `${Math.round(share * 100)} %`;
