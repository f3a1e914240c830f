import type { Evidence } from '../faults/support/evidence.ts';
import { crosses, wakeLagsMs } from '../faults/support/lookups.ts';
import { stalenessMs } from '../judge/evidence.ts';
import type { Judged } from '../judge/index.ts';
import { mean } from '../judge/statistics.ts';
import { verdictOf } from '../judge/verdict.ts';
import type { Verdict } from '../record/result.ts';
import { seededRandom, seedFor } from '../services/shared/random.ts';
import { bootstrap, type Interval, quantile } from './bootstrap.ts';

/**
 * A figure, and how far it may be off: for what every expiry shows, the 95 % interval of a bootstrap over the
 * expiries; for what only a whole trial shows, the range of the trials, since a handful of them allows no interval.
 * Null where there is neither.
 */
export interface Figure {
  readonly value: number;
  readonly interval: Interval | null;
}

/** One strategy's row: all its trials together. Times in ms. */
export interface ComparisonRow {
  readonly strategy: string;
  readonly trials: number;
  readonly expiries: number;
  readonly recomputesPerExpiry: Figure & { readonly max: number };
  readonly acrossExpiryMs: { readonly p50: Figure | null; readonly p99: Figure | null };
  readonly allP99Ms: Figure;
  /** By how much the slowest request, warm-up aside, took longer than the p99 of the hits; null: nothing was hit. */
  readonly maxBeyondHitsMs: number | null;
  readonly maxStalenessMs: number;
  readonly wakeP99Ms: Figure | null;
  readonly redisCommandsPerRequest: Figure | null;
  readonly verdict: Verdict;
}

/** Makes a strategy's row of all its trials. The bootstrap draws expiries, each with all the requests that crossed it. */
export function rowOf(strategy: string, runs: readonly Judged[], seed: number): ComparisonRow {
  const random = seededRandom(seedFor(seed, strategy));
  const figure = <T>(samples: readonly T[], statistic: (drawn: readonly T[]) => number): Figure => ({
    value: statistic(samples),
    interval: bootstrap(samples, statistic, random),
  });
  const counts = runs.flatMap(({ evidence }) => evidence.judged.map(({ recomputes }) => recomputes.length));
  const crossings = runs
    .flatMap(({ evidence: { judged, warm } }) =>
      judged.map((cycle) => warm.filter((answer) => crosses(answer, cycle))),
    )
    .filter(({ length }) => length > 0)
    .map((answers) =>
      answers.flatMap(({ dueAt, endedAt, weight = 1 }) => Array<number>(weight).fill(endedAt - dueAt)),
    );
  const wakes = runs
    .map(({ evidence }) => wakeLagsMs(evidence, 'replica'))
    .filter(({ length }) => length > 0);
  const commands = runs.flatMap(({ record }) => record.redis.commandsPerRequest ?? []);
  const overTrials = <T>(samples: readonly T[], statistic: (drawn: readonly T[]) => number): Figure => ({
    value: statistic(samples),
    interval: rangeOf(samples.map((trial) => statistic([trial]))),
  });
  const ofAll = (share: number) => (drawn: readonly (readonly number[])[]) => quantile(drawn.flat(), share);
  return {
    strategy,
    trials: runs.length,
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
    maxBeyondHitsMs: most(runs.map(({ evidence }) => beyondHitsMs(evidence))),
    maxStalenessMs: runs
      .flatMap(({ evidence }) => stalenessMs(evidence))
      .reduce((most, { ms }) => Math.max(most, ms), 0),
    wakeP99Ms: wakes.length > 0 ? overTrials(wakes, ofAll(0.99)) : null,
    redisCommandsPerRequest: commands.length > 0 ? overTrials(commands, mean) : null,
    verdict: verdictOf(runs.map(({ record }) => ({ verdict: record.verdict, detail: '' }))),
  };
}

const rangeOf = (values: readonly number[]): Interval => [Math.min(...values), Math.max(...values)];

function beyondHitsMs({ warm }: Evidence): number | null {
  const took = (of: typeof warm) => of.map(({ dueAt, endedAt }) => endedAt - dueAt);
  const hits = took(warm.filter(({ served }) => served === 'hit'));
  return hits.length > 0 ? (most(took(warm)) ?? 0) - quantile(hits, 0.99) : null;
}

function most(values: readonly (number | null)[]): number | null {
  return values.reduce((a, b) => (a === null || (b !== null && b > a) ? b : a), null);
}
