import type { Judged } from '../../judge/index.ts';
import type { RunTimeline } from '../../judge/timeline/timeline.ts';
import type { ChosenExpiry } from '../lanes/chosen-expiry.ts';
import type { Chart } from './draw.ts';
import { lanesChart } from './lanes.ts';

/** Draws the chosen expiry of a judged run as lanes. `view`: the timeline of its window. */
export function expiryChart(
  { expiry }: ChosenExpiry,
  view: RunTimeline,
  { record, evidence: { claim, settings } }: Pick<Judged, 'record' | 'evidence'>,
): Chart {
  const { early } = record.behavesLike ?? claim;
  const beginning = early
    ? 'a recompute begins early'
    : expiry.cause === 'invalidation'
      ? 'the value is missed after an invalidation'
      : 'the value has expired';
  return lanesChart({
    timeline: view,
    zeroWallMs: expiry.beganWallMs,
    beginning,
    filledWallMs: expiry.filledWallMs,
    herd: (settings.ratePerSecond * settings.recomputeMs) / 1000,
  });
}
