import { type Finding, passIf } from '../faults/support/finding.ts';
import type { LedgerLine } from '../record/ledger.ts';
import type { Settings } from '../record/settings.ts';

/** The width of a bar of the histogram, in ms. */
export const BAR_MS = 100;

/** Gives, for each key with a second recompute, how long after the end of the first that began. */
export function secondRecomputeDelaysMs(ledger: readonly LedgerLine[], names: readonly string[]): number[] {
  const ends = new Map(ledger.flatMap((line) => (line.event === 'end' ? [[line.id, line.at] as const] : [])));
  const begun = new Map<string, { readonly id: number; readonly at: number }[]>();
  for (const line of ledger) {
    if (line.event === 'begin') begun.set(line.key, [...(begun.get(line.key) ?? []), line]);
  }
  return names.flatMap((name) => {
    const [first, second] = begun.get(name) ?? [];
    const filledAt = first && ends.get(first.id);
    return second && filledAt !== undefined ? [second.at - filledAt] : [];
  });
}

/** Counts the times in each bar, from the first that has any, which begins at `fromMs`. */
export function perBar(timesMs: readonly number[]): { fromMs: number; counts: number[] } {
  const first = Math.floor(Math.min(...timesMs) / BAR_MS);
  const counts: number[] = [];
  for (const ms of timesMs) {
    const bar = Math.floor(ms / BAR_MS) - first;
    while (counts.length <= bar) counts.push(0);
    counts[bar] = (counts[bar] ?? 0) + 1;
  }
  return { fromMs: first * BAR_MS, counts };
}

/**
 * Gives the expected highest bar. The keys fall due over 2·jitter·TTL. Each is recomputed at its next request, up to
 * keys/rate later. The longer of the two times spreads the batch.
 */
export function expectedPeak(
  { ttlMs, ratePerSecond, ttlJitter }: Pick<Settings, 'ttlMs' | 'ratePerSecond' | 'ttlJitter'>,
  keys: number,
): number {
  const spreadMs = Math.max(2 * ttlJitter * ttlMs, (keys / ratePerSecond) * 1000, BAR_MS);
  return (keys * BAR_MS) / spreadMs;
}

/**
 * Judges whether jitter spread the batch as the model says, by the time of each key's next recompute without jitter and
 * with it. Unknown if the batch was spread even without jitter: then the load was not what the model assumes.
 */
export function judgeBatch(
  settings: Pick<Settings, 'ttlMs' | 'ratePerSecond' | 'ttlJitter'>,
  keys: number,
  without: readonly number[],
  withJitter: readonly number[],
): Finding {
  if (without.length < keys || withJitter.length < keys)
    return { verdict: 'unknown', detail: 'some keys were not asked for again' };
  const before = peakOf(without);
  const after = peakOf(withJitter);
  const together = expectedPeak({ ...settings, ttlJitter: 0 }, keys);
  if (before < together / 2)
    return { verdict: 'unknown', detail: `peak ${before} without it: the load did not keep its pace` };
  const expected = expectedPeak(settings, keys);
  // The highest of several counts is seldom three standard deviations above the mean.
  const most = Math.ceil(expected + 3 * Math.sqrt(expected));
  return passIf(after < before && after <= most, `peak ${before} without, ${after} with; at most ${most}`);
}

export const peakOf = (timesMs: readonly number[]): number => Math.max(0, ...perBar(timesMs).counts);
