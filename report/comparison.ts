import type { Answered } from '../faults/support/evidence.ts';
import { forEachCrossed } from '../faults/support/lookups.ts';
import { isAnswered } from '../faults/support/witness.ts';
import { isWarm } from '../judge/evidence.ts';
import { Histogram } from '../judge/histogram.ts';
import type { Judged } from '../judge/index.ts';
import { mean } from '../judge/statistics.ts';
import { verdictOf } from '../judge/verdict.ts';
import { isLost, lostUntilMs } from '../judge/waiting/lost.ts';
import { batchRunOf, type ComparisonRow, type Figure } from '../record/batch/batch.ts';
import { seededRandom, seedFor } from '../services/shared/random.ts';
import { bootstrap, type Interval, quantile } from './bootstrap.ts';

/** A trial: its last run, and how many there were. */
export type Trial = Judged & { readonly attempts?: number };

/** Makes a strategy's row of all its trials. The bootstrap draws expiries, each with all the requests that crossed it. */
export function rowOf(strategy: string, runs: readonly Trial[], seed: number): ComparisonRow {
  const random = seededRandom(seedFor(seed, strategy));
  const figure = <T>(samples: readonly T[], statistic: (drawn: readonly T[]) => number): Figure => ({
    value: statistic(samples),
    interval: bootstrap(samples, statistic, random),
  });
  const counts = runs.flatMap(({ evidence }) => evidence.judged.map(({ recomputes }) => recomputes.length));
  const crossings = runs.flatMap(crossingsMs).filter(({ length }) => length > 0);
  const wakes = runs.map(({ measures }) => measures.wake.replica).filter(({ count }) => count > 0);
  const commands = runs.flatMap(({ record }) => record.redis.commandsPerRequest ?? []);
  const overTrials = <T>(samples: readonly T[], statistic: (drawn: readonly T[]) => number): Figure => ({
    value: statistic(samples),
    interval: rangeOf(samples.map((trial) => statistic([trial]))),
  });
  const ofAll = (share: number) => (drawn: readonly (readonly number[])[]) => quantile(drawn.flat(), share);
  const ofTrials = (share: number) => (drawn: readonly Histogram[]) => sumOf(drawn).atShare(share);
  return {
    strategy,
    trials: runs.length,
    attempts: runs.reduce((sum, { attempts = 1 }) => sum + attempts, 0),
    expiries: counts.length,
    recomputesPerExpiry: { ...figure(counts, mean), max: Math.max(0, ...counts) },
    acrossExpiryMs:
      crossings.length > 0
        ? { p50: figure(crossings, ofAll(0.5)), p99: figure(crossings, ofAll(0.99)) }
        : { p50: null, p99: null },
    allP99Ms: overTrials(
      runs.map(({ record }) => record.latencyMs.all?.p99 ?? 0),
      mean,
    ),
    maxBeyondHitsMs: most(runs.map(beyondHitsMs)),
    maxStalenessMs: sumOf(runs.map(({ measures }) => measures.staleness)).maxMs,
    wakeP99Ms: wakes.length > 0 ? overTrials(wakes, ofTrials(0.99)) : null,
    redisCommandsPerRequest: commands.length > 0 ? overTrials(commands, mean) : null,
    verdict: verdictOf(runs.map(({ record }) => record)),
    runs: runs.map(({ record, attempts = 1 }) => batchRunOf(record, attempts)),
  };
}

const rangeOf = (values: readonly number[]): Interval => [Math.min(...values), Math.max(...values)];

/**
 * Gives how long the requests took that crossed each expiry, once warm, in ms. One that was never answered counts as in
 * judge/waiting/lost.ts. The bootstrap needs every one of them, so this reads the arrivals once more: a comparison has few
 * expiries.
 */
function crossingsMs({ evidence, measures }: Judged): number[][] {
  const { judged, arrivals } = evidence;
  const crossings: number[][] = judged.map(() => []);
  const lostUntil = lostUntilMs(evidence);
  const cross = (arrival: Pick<Answered, 'dueAt' | 'endedAt'>, tookMs: number) =>
    forEachCrossed(judged, arrival, (expiry) => crossings[expiry]?.push(tookMs));
  for (const arrival of arrivals) {
    if (!isWarm(evidence, arrival)) continue;
    const { dueAt } = arrival;
    if (isAnswered(arrival)) cross(arrival, arrival.endedAt - dueAt);
    else if (isLost(arrival)) cross({ dueAt, endedAt: lostUntil(arrival) }, measures.lostMs);
  }
  return crossings;
}

function sumOf(histograms: readonly Histogram[]): Histogram {
  const sum = new Histogram();
  for (const histogram of histograms) sum.add(histogram);
  return sum;
}

function beyondHitsMs({ measures: { latency } }: Judged): number | null {
  return latency.hits.count > 0 ? latency.all.maxMs - latency.hits.atShare(0.99) : null;
}

function most(values: readonly (number | null)[]): number | null {
  return values.reduce((a, b) => (a === null || (b !== null && b > a) ? b : a), null);
}
