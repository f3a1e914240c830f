import { layingOut, withoutRequests } from '../../judge/timeline/laid-out.ts';
import { timelineOf } from '../../judge/timeline/timeline.ts';
import type { RunData } from '../../record/facts.ts';
import { expiryOf } from './chosen-expiry.ts';
import { lanesOf } from './lanes.ts';

/** A dogpile has thousands of spans, and a picture of it needs all. */
const ALL = { mostSpans: Number.POSITIVE_INFINITY };

/** Draws one expiry of a run as text, in lines of at most 80 columns: the one that a fault struck, or a typical one. */
export function runPicture(run: RunData): string[] {
  const laidOut = layingOut(run);
  const chosen = expiryOf(run, laidOut);
  // An expiry as text shows no requests.
  const shown = chosen ? withoutRequests(laidOut) : laidOut;
  return lanesOf(timelineOf(run, { ...ALL, window: chosen?.window }, shown));
}
