import type { Witness } from '../../faults/support/witness.ts';
import type { Arrival } from '../../record/arrival.ts';
import type { WallMs } from '../../strategies/contract/index.ts';
import { Bins } from './bins.ts';
import { type Latencies, LatenciesByOutcome } from './latencies.ts';

/** A time to look at, in wall time. */
export interface Window {
  readonly fromWallMs: WallMs;
  readonly untilWallMs: WallMs;
}

/** What the requests of a run did, bin by bin. */
export interface RequestSeries {
  readonly widthMs: number;
  /** How many ended in each way. A failed one has no outcome of its own: `error`, `timeout` or `unsent`. */
  readonly ended: Readonly<Record<string, readonly number[]>>;
  /** How many had no answer yet when the bin ended; and of these, how many each replica answered later. */
  readonly unanswered: readonly number[];
  readonly unansweredBy: Readonly<Record<string, readonly number[]>>;
  /** The longest time that a request took which ended in the bin, in ms; 0: none did. */
  readonly slowestMs: readonly number[];
  /** The oldest value that was served in the bin, counted from the beginning of its recompute, in ms. */
  readonly oldestMs: readonly number[];
  readonly latencies: readonly Latencies[];
  /** When the last request ended or fell due; -Infinity without requests. */
  readonly lastWallMs: WallMs;
}

interface RequestsOptions {
  readonly window: Window;
  readonly mostBins: number;
  /** Latencies count of requests due since then. */
  readonly warmWallMs: WallMs;
  /** When the recompute of each version began. */
  readonly madeWallMs: ReadonlyMap<number, WallMs>;
}

/** Collects the requests of a window as they pass. */
export function binningRequests({
  window: { fromWallMs, untilWallMs },
  mostBins,
  warmWallMs,
  madeWallMs,
}: RequestsOptions): Witness<RequestSeries> {
  const bins = new Bins<string, 'slowest' | 'oldest'>(fromWallMs, mostBins);
  const latencies = new LatenciesByOutcome();
  let lastWallMs = Number.NEGATIVE_INFINITY;
  return {
    see(arrival) {
      const { dueAt, endedAt = dueAt, ending, by, version } = arrival;
      if (endedAt < fromWallMs || dueAt > untilWallMs) return;
      lastWallMs = Math.max(lastWallMs, endedAt);
      const outcome = outcomeOf(arrival);
      if (dueAt >= warmWallMs && ending !== 'unsent') latencies.record(outcome, endedAt - dueAt);
      if (ending !== 'unsent')
        for (const column of by ? ['open', `open ${by}`] : ['open']) {
          bins.add(column, dueAt, 1);
          if (endedAt <= untilWallMs) bins.add(column, endedAt, -1);
        }
      if (endedAt > untilWallMs) return;
      bins.add(`ended ${outcome}`, endedAt);
      bins.raise('slowest', endedAt, endedAt - dueAt);
      const madeAt = version === undefined ? undefined : madeWallMs.get(version);
      if (madeAt !== undefined) bins.raise('oldest', endedAt, endedAt - madeAt);
    },
    end: () => ({
      widthMs: bins.widthMs,
      ended: columnsOf(bins, 'ended ', (counts) => counts),
      unanswered: levels(bins.sums('open')),
      unansweredBy: columnsOf(bins, 'open ', levels),
      slowestMs: bins.peaks('slowest'),
      oldestMs: bins.peaks('oldest'),
      latencies: latencies.all(),
      lastWallMs,
    }),
  };
}

/** Names how a request was served, or how it failed. */
const outcomeOf = ({ ending, served }: Arrival): string => (ending === 'ok' ? (served ?? 'unknown') : ending);

const columnsOf = (
  bins: Bins<string, 'slowest' | 'oldest'>,
  prefix: string,
  map: (sums: number[]) => number[],
): Record<string, number[]> =>
  Object.fromEntries(
    bins
      .sumNames()
      .filter((name) => name.startsWith(prefix))
      .sort()
      .map((name) => [name.slice(prefix.length), map(bins.sums(name))]),
  );

/** Adds up the steps. */
function levels(steps: readonly number[]): number[] {
  let level = 0;
  return steps.map((step) => {
    level += step;
    return level;
  });
}
