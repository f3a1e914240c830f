import { type LaidOut, layingOut, withoutRequests } from '../../judge/timeline/laid-out.ts';
import type { Window } from '../../judge/timeline/requests.ts';
import type { ExpirySpan } from '../../judge/timeline/spans.ts';
import { type RunTimeline, timelineOf } from '../../judge/timeline/timeline.ts';
import type { RunData } from '../../record/facts.ts';

/** The expiry that a report shows, and the time around it. */
export interface ChosenExpiry {
  readonly expiry: ExpirySpan;
  readonly number: number;
  readonly window: Window;
  readonly why: string;
}

/** What is shown before the expiry, and after its end, as a share of how long it lasted. */
const [BEFORE, AFTER] = [0.08, 0.14];
/** A fault may last long; the picture does not. */
const LONGEST_MS = 30_000;

/**
 * Chooses the expiry that a fault touched, or else one with a median number of recomputes. Undefined if the run has none. Needs no
 * requests.
 */
export function chooseExpiry(timeline: RunTimeline): ChosenExpiry | undefined {
  const judged = timeline.expiries.listed.filter(({ isJudged }) => isJudged);
  const fault = timeline.faults.find(({ injectedWallMs }) => injectedWallMs !== undefined);
  const struckWallMs = fault?.plannedWallMs ?? fault?.injectedWallMs;
  const struck =
    struckWallMs === undefined
      ? undefined
      : timeline.expiries.listed.find(
          ({ filledWallMs, cause }) =>
            cause !== 'cold' && (filledWallMs ?? Number.POSITIVE_INFINITY) >= struckWallMs,
        );
  const sorted = judged.toSorted((a, b) => a.recomputes - b.recomputes);
  const median = sorted[Math.floor((sorted.length - 1) / 2)]?.recomputes;
  const typical = judged.filter(({ recomputes }) => recomputes === median);
  // The load ends soon after the last one.
  const expiry = struck ?? typical.findLast((one) => one !== judged.at(-1)) ?? typical.at(-1);
  if (!expiry) return undefined;
  const number = judged.indexOf(expiry) + 1;
  const why = struck ? 'the one that the fault struck' : 'one with a typical number of recomputes';
  return {
    expiry,
    number,
    why,
    window: windowOf(expiry, timeline, struck ? fault?.healedWallMs : undefined),
  };
}

/** Chooses the expiry of a run that is worth a picture. Reads no requests, except to lay out a run of a user's own service. */
export const expiryOf = (run: RunData, laidOut: LaidOut = layingOut(run)): ChosenExpiry | undefined =>
  chooseExpiry(timelineOf(run, { mostSpans: Number.POSITIVE_INFINITY }, withoutRequests(laidOut)));

function windowOf(
  expiry: ExpirySpan,
  { recomputes, expiries, waits, commits }: RunTimeline,
  healedWallMs = 0,
): Window {
  const { beganWallMs, filledWallMs = beganWallMs } = expiry;
  const next = expiries.listed[expiries.listed.indexOf(expiry) + 1]?.beganWallMs ?? Number.POSITIVE_INFINITY;
  const ends = [
    filledWallMs,
    ...(healedWallMs > beganWallMs ? [healedWallMs] : []),
    ...recomputes.listed.flatMap(({ arrivedWallMs, endedWallMs }) =>
      arrivedWallMs >= beganWallMs && arrivedWallMs < next && endedWallMs !== undefined ? [endedWallMs] : [],
    ),
    // A holder that was late may write after the value was replaced.
    ...commits.listed.flatMap(({ atWallMs, accepted }) =>
      !accepted && atWallMs >= beganWallMs && atWallMs < next ? [atWallMs] : [],
    ),
    ...waits.listed.flatMap(({ fromWallMs, untilWallMs }) =>
      fromWallMs >= beganWallMs && fromWallMs < next && untilWallMs !== undefined ? [untilWallMs] : [],
    ),
  ];
  const lastMs = Math.min(LONGEST_MS, ends.reduce((a, b) => Math.max(a, b)) - beganWallMs);
  return { fromWallMs: beganWallMs - BEFORE * lastMs, untilWallMs: beganWallMs + (1 + AFTER) * lastMs };
}
