import type { Window } from '../judge/timeline/requests.ts';
import type { RunTimeline } from '../judge/timeline/timeline.ts';

/** Shown before and after what happens, in ms. */
const MARGIN_MS = 200;

/** Gives the part of a run that tells what it is about: the fault if there was one, else an expiry under load. */
export function tellingWindow(timeline: RunTimeline): Window {
  const bounds = faultIn(timeline) ?? expiryIn(timeline) ?? timeline.window;
  return { fromWallMs: bounds.fromWallMs - MARGIN_MS, untilWallMs: bounds.untilWallMs + MARGIN_MS };
}

/** From the recompute that was hit to the last write that the fault delayed. */
function faultIn({ faults, recomputes, commits }: RunTimeline): Window | undefined {
  const [{ victim, plannedWallMs, injectedWallMs, healedWallMs } = {}] = faults;
  if (injectedWallMs === undefined) return undefined;
  const hit = recomputes.listed.findLast(
    ({ by, arrivedWallMs, endedWallMs = Number.POSITIVE_INFINITY }) =>
      by === victim && arrivedWallMs <= injectedWallMs && endedWallMs >= injectedWallMs,
  );
  const after = commits.listed.filter(({ atWallMs }) => atWallMs > injectedWallMs);
  const decisive = [after.find(({ accepted }) => accepted), after.find(({ accepted }) => !accepted)];
  const moments = decisive.flatMap((commit) => (commit ? [commit.atWallMs] : []));
  return {
    fromWallMs: Math.min(hit?.arrivedWallMs ?? injectedWallMs, plannedWallMs ?? injectedWallMs),
    untilWallMs: Math.max(injectedWallMs, ...(moments.length > 0 ? moments : [healedWallMs ?? 0])),
  };
}

/** The last expiry that the checks count, until the origin is done with it. */
function expiryIn({ expiries, recomputes }: RunTimeline): Window | undefined {
  const counted = expiries.listed.filter(({ isJudged }) => isJudged);
  const expiry = counted.at(-1);
  if (!expiry) return undefined;
  const { beganWallMs, filledWallMs = beganWallMs } = expiry;
  const next = expiries.listed.find((other) => other.beganWallMs > beganWallMs);
  const ends = recomputes.listed
    .filter(({ arrivedWallMs }) => arrivedWallMs >= beganWallMs)
    .filter(({ arrivedWallMs }) => arrivedWallMs < (next?.beganWallMs ?? Number.POSITIVE_INFINITY))
    .map(({ endedWallMs = 0 }) => endedWallMs);
  return { fromWallMs: beganWallMs, untilWallMs: Math.max(filledWallMs, ...ends) };
}
