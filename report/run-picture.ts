import { timelineOf } from '../judge/timeline/timeline.ts';
import type { RunData } from '../record/facts.ts';
import { lanesOf } from './lanes.ts';
import { tellingWindow } from './telling-window.ts';

/** A dogpile has thousands of spans, and a picture of it needs all. */
const ALL = { mostSpans: Number.POSITIVE_INFINITY };

/** Draws what a run is about as text, in lines of at most 80 columns: its fault, or one expiry. */
export function runPicture(run: RunData): string[] {
  const window = tellingWindow(timelineOf(run, ALL));
  return lanesOf(timelineOf(run, { ...ALL, window }));
}
