import type { RunTimeline } from '../../judge/timeline/timeline.ts';
import type { RunFacts } from '../../record/facts.ts';
import type { WallMs } from '../../record/times.ts';
import type { ChosenExpiry } from '../../report/lanes/chosen-expiry.ts';

/** About how many requests a scene has at most: two of them still fit into a page of 2 MB. */
export const MOST_REQUESTS = 8000;

/** The part of a run that a scene shows, and its zero. */
export interface SceneWindow {
  readonly zeroWallMs: WallMs;
  readonly fromWallMs: WallMs;
  readonly untilWallMs: WallMs;
  /** What is not shown, in a sentence; null: the whole run is shown. */
  readonly cut: string | null;
}

/** How much of what fits lies before the expiry, unless it is shown from an earlier one on. */
const BEFORE = 0.1;

/**
 * Chooses the part of the run. If the whole run has too many requests, it is the expiry that a report would show, with as much
 * around it as fits.
 */
export function chooseWindow(
  { herd, settings }: RunFacts,
  { window, recomputes, expiries, commits }: RunTimeline,
  chosen: ChosenExpiry | undefined,
): SceneWindow {
  const zeroWallMs = chosen?.expiry.beganWallMs ?? window.fromWallMs;
  const endWallMs = [
    ...recomputes.listed.map(({ endedWallMs = 0 }) => endedWallMs),
    ...commits.listed.map(({ atWallMs }) => atWallMs),
  ].reduce((last, wallMs) => Math.max(last, wallMs), Math.max(herd.lastDueAt, window.fromWallMs) + 1);
  const fitsMs = (MOST_REQUESTS / settings.ratePerSecond) * 1000;
  if (endWallMs - window.fromWallMs <= fitsMs)
    return { zeroWallMs, fromWallMs: window.fromWallMs, untilWallMs: endWallMs, cut: null };
  const latestMs = endWallMs - fitsMs;
  const fromWallMs = Math.max(window.fromWallMs, Math.min(latestMs, zeroWallMs - BEFORE * fitsMs));
  const untilWallMs = fromWallMs + fitsMs;
  const shown = expiries.listed.filter(
    ({ beganWallMs }) => beganWallMs >= fromWallMs && beganWallMs <= untilWallMs,
  ).length;
  const total = expiries.listed.length;
  const isLong = (chosen?.window.untilWallMs ?? 0) > untilWallMs;
  return {
    ...{ zeroWallMs, fromWallMs, untilWallMs },
    cut:
      `This run is too long for one page. ${shown} of its ${total} expiries are shown` +
      `${isLong ? ', and the last one is cut short' : ''}.`,
  };
}
