import type { Evidence } from '../../faults/support/evidence.ts';
import { knownIf } from '../../faults/support/finding.ts';
import type { Arrival } from '../../record/arrival.ts';
import { countOf } from '../evidence.ts';
import { mean, standardDeviation } from '../statistics.ts';
import type { Check } from './check.ts';

const PACE_BIN_MS = 50;
const LIMITS = { loopDelayMs: 25, unevenness: 0.25, unsentShare: 0.01, rateError: 0.05 };

/**
 * Checks that the load was as configured: an even pace, the right rate, few unsent requests, and an event loop on time.
 * Otherwise the run shows nothing.
 */
export const injector: Check = {
  name: 'injector health',
  judge(evidence) {
    const { arrivals } = evidence;
    const pace = paceOf(evidence);
    if (!pace) return { verdict: 'unknown', detail: 'too little load to tell' };
    const unsent =
      countOf(arrivals.filter(({ ending }) => ending === 'unsent')) / Math.max(1, countOf(arrivals));
    return knownIf(
      pace.kept && unsent <= LIMITS.unsentShare,
      `${pace.perSecond.toFixed(0)}/s, spread ${(pace.unevenness * 100).toFixed(0)} %, ` +
        `loop p99 ${evidence.herd.eventLoopDelayMs.p99.toFixed(1)} ms`,
    );
  },
};

/** Measures the injector's pace, whatever became of its requests; undefined: too little load to tell. */
export function paceOf({ arrivals, herd, settings, warmWallMs }: Evidence) {
  const bins = arrivalsPerBin(arrivals, warmWallMs);
  if (bins.length < 2) return undefined;
  const expected = (settings.ratePerSecond * PACE_BIN_MS) / 1000;
  // With few arrivals per bin, one more or less is no unevenness.
  const unevenness = standardDeviation(bins) / Math.max(mean(bins), 1);
  const kept =
    unevenness <= Math.max(LIMITS.unevenness, 1 / Math.sqrt(Math.max(expected, 1))) &&
    Math.abs(mean(bins) / expected - 1) <= LIMITS.rateError &&
    herd.eventLoopDelayMs.p99 <= LIMITS.loopDelayMs;
  return { kept, unevenness, perSecond: mean(bins) * (1000 / PACE_BIN_MS) };
}

/** Counts the arrivals sent per bin, from the end of the warm-up on. */
function arrivalsPerBin(arrivals: readonly Arrival[], from: number): number[] {
  const sent = arrivals.map(({ sentAt, dueAt, weight = 1 }) => ({ at: sentAt ?? dueAt, weight }));
  const to = sent.reduce((last, { at }) => Math.max(last, at), 0);
  const bins = Array.from({ length: Math.max(0, Math.floor((to - from) / PACE_BIN_MS)) }, () => 0);
  for (const { at, weight } of sent) {
    const bin = Math.floor((at - from) / PACE_BIN_MS);
    if (bin >= 0 && bin < bins.length) bins[bin] = (bins[bin] ?? 0) + weight;
  }
  return bins;
}
