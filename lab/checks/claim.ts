import { mean } from '../report/statistics.ts';
import { type Check, passIf } from './check.ts';

/** The strategy's own claim: recomputes an expiry, their mean and their most. */
export const claim: Check = {
  name: 'recomputes per expiry',
  judge({ claim, settings, judged }) {
    if (judged.length === 0) return { verdict: 'unknown', detail: 'no expiry was judged' };
    const counts = judged.map(({ recomputes }) => recomputes.length);
    const { mean: range, max, deviation = 0 } = claim.recomputesPerExpiry(settings);
    const seen = { mean: mean(counts), max: Math.max(...counts) };
    // Three standard errors: by chance alone one run in several hundred falls outside.
    const margin = (3 * deviation) / Math.sqrt(counts.length);
    const [least, most] = [Math.max(0, range[0] - margin), range[1] + margin];
    const good = seen.mean >= least && seen.mean <= most && (max === undefined || seen.max <= max);
    const bound = max === undefined ? '' : `, at most ${max}`;
    const claimed = least === most ? `${round(least)}` : `${round(least)} to ${round(most)}`;
    return passIf(good, `mean ${round(seen.mean)} max ${seen.max}; claimed ${claimed}${bound}`);
  },
};

const round = (value: number) => Number(value.toFixed(2));
