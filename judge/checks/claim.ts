import { passIf } from '../../faults/support/finding.ts';
import { isTouched } from '../../faults/support/lookups.ts';
import { mean } from '../statistics.ts';
import type { Check } from './check.ts';

/** Checks the strategy's claim on recomputes per expiry: their mean and their maximum, plus what a fault may add. */
export const claim: Check = {
  name: 'recomputes per expiry',
  judge(evidence) {
    const { claim, settings, judged, tolerance } = evidence;
    const countsOf = (cycles: typeof judged) => cycles.map(({ recomputes }) => recomputes.length);
    const counts = countsOf(judged.filter((cycle) => !isTouched(evidence, cycle)));
    const hit = countsOf(judged.filter((cycle) => isTouched(evidence, cycle)));
    if (counts.length === 0) return { verdict: 'unknown', detail: 'no expiry was judged' };
    const { mean: range, max, deviation = 0 } = claim.recomputesPerExpiry(settings);
    const seen = { mean: mean(counts), max: Math.max(...counts) };
    // Three standard errors: by chance alone, one run in several hundred falls outside.
    const margin = (3 * deviation) / Math.sqrt(counts.length);
    const [least, most] = [Math.max(0, range[0] - margin), range[1] + margin];
    const good = seen.mean >= least && seen.mean <= most && (max === undefined || seen.max <= max);
    const hitGood = max === undefined || hit.every((count) => count <= max + tolerance.extraRecomputes);
    const bound = max === undefined ? '' : `, at most ${max}`;
    const claimed = least === most ? `${round(least)}` : `${round(least)} to ${round(most)}`;
    const faulted = hit.length > 0 ? `; under the fault ${hit.join(' ')}` : '';
    return passIf(
      good && hitGood,
      `mean ${round(seen.mean)} max ${seen.max}; claimed ${claimed}${bound}${faulted}`,
    );
  },
};

const round = (value: number) => Number(value.toFixed(2));
