import type { Cycle, Evidence } from '../../faults/support/evidence.ts';
import { type Finding, passIf } from '../../faults/support/finding.ts';
import { extraRecomputesIn, isTouched } from '../../faults/support/lookups.ts';
import { together } from '../../faults/support/witness.ts';
import { coldStartOf } from '../../strategies/contract/index.ts';
import { ownRate } from '../load/own-rate.ts';
import { mean } from '../statistics.ts';
import type { Check } from './check.ts';
import { keptPace } from './injector.ts';

/** More counts than these are not listed one by one. */
const MOST_LISTED = 8;

/**
 * Checks the strategy's claim on recomputes for each version that was replaced: their mean and their maximum, plus what a
 * fault may add. The cold start has a claim of its own. What was invalidated or lost is held to the maximum. If every
 * value was invalidated before it expired, a claim without a maximum promises nothing. Nor does one without any bound.
 */
export const claim: Check = {
  name: 'recomputes per expiry',
  judge(evidence) {
    const { mean, max } = evidence.claim.recomputesPerExpiry(evidence.settings);
    if (max === undefined && mean[1] === Number.POSITIVE_INFINITY) return undefined;
    const [rate, pace] = [ownRate(evidence), keptPace(evidence)];
    return together([rate, pace], () => findingFrom(evidence, rate.end(), pace.end()?.kept ?? false));
  },
};

function findingFrom(evidence: Evidence, ratePerSecond: number, paceKept: boolean): Finding | undefined {
  const { claim, settings, judged, cycles } = evidence;
  const workload = { ...settings, ratePerSecond };
  const { mean: range, max = Number.POSITIVE_INFINITY, deviation = 0 } = claim.recomputesPerExpiry(workload);
  const expiries = judged.filter(({ cause }) => cause === 'expiry');
  const counts = countsOf(expiries.filter((cycle) => !isTouched(evidence, cycle)));
  const replacements = cycles.filter(({ cause }) => cause !== 'cold' && cause !== 'expiry');
  const onlyInvalidated = expiries.length === 0 && judged.length > 0;
  if (onlyInvalidated && max === Number.POSITIVE_INFINITY) return undefined;
  if (counts.length === 0 && !onlyInvalidated) return { verdict: 'unknown', detail: 'no expiry was judged' };
  const seen = { mean: mean(counts), max: Math.max(...counts) };
  // Three standard errors: by chance alone, one run in several hundred falls outside.
  const margin = (3 * deviation) / Math.sqrt(counts.length);
  const [least, most] = [Math.max(0, range[0] - margin), range[1] + margin];
  const hit = countsOf(expiries.filter((cycle) => isTouched(evidence, cycle)));
  const others = countsOf(replacements);
  const [cold = 0] = countsOf(cycles.filter(({ cause }) => cause === 'cold'));
  const mostCold = coldStartOf(claim, workload);
  const claimed = least === most ? `${round(least)}` : `${round(least)} to ${round(most)}`;
  const detail = [
    ...(onlyInvalidated ? [`claimed at most ${max}`] : [`mean ${round(seen.mean)} max ${seen.max}`]),
    ...(onlyInvalidated
      ? []
      : [`claimed ${claimed}${max === Number.POSITIVE_INFINITY ? '' : `, at most ${max}`}`]),
    ...(hit.length > 0 ? [`under the fault ${hit.join(' ')}`] : []),
    ...(others.length > 0 ? [`after an invalidation, a loss or a corruption ${severalOf(others)}`] : []),
    ...(cold > mostCold ? [`cold start ${cold}, at most ${mostCold}`] : []),
  ].join('; ');
  const mostOf = (cycle: Cycle) => max + extraRecomputesIn(evidence, cycle);
  const withinMost = [...judged, ...replacements].every((cycle) => cycle.recomputes.length <= mostOf(cycle));
  const meanIsGood = onlyInvalidated || (seen.mean >= least && seen.mean <= most);
  if (!withinMost || cold > mostCold) return passIf(false, detail);
  // A burst is a herd of its own: a mean that depends on the rate says nothing then.
  if (!meanIsGood && !paceKept) return { verdict: 'unknown', detail: `${detail}; at an uneven load` };
  return passIf(meanIsGood, detail);
}

const countsOf = (cycles: readonly Cycle[]): number[] => cycles.map(({ recomputes }) => recomputes.length);
/** Lists a few counts, and of many the largest. */
const severalOf = (counts: readonly number[]): string =>
  counts.length <= MOST_LISTED ? counts.join(' ') : `at most ${Math.max(...counts)}, ${counts.length} times`;
const round = (value: number) => Number(value.toFixed(2));
