import type { Evidence } from '../../faults/support/evidence.ts';
import { type Span, Spans } from './spans.ts';

/**
 * Gives the times in which a value was recomputed: of each recompute from its beginning to its commit, or to its end if it
 * has none; of each cycle from the look that found the value due to the first commit.
 */
export function recomputeWindows({
  recomputes,
  commits,
  cycles,
}: Pick<Evidence, 'recomputes' | 'commits' | 'cycles'>): Spans {
  const decidedWallMs = new Map(commits.map(({ version, atWallMs }) => [version, atWallMs]));
  const ofRecomputes = recomputes.map(
    ({ version, beganWallMs, endedWallMs }): Span => ({
      from: beganWallMs,
      until: Math.max(beganWallMs, decidedWallMs.get(version) ?? endedWallMs ?? beganWallMs),
    }),
  );
  const ofCycles = cycles.flatMap(({ beganWallMs, filledWallMs }): Span[] =>
    filledWallMs === undefined ? [] : [{ from: beganWallMs, until: Math.max(beganWallMs, filledWallMs) }],
  );
  return new Spans([...ofRecomputes, ...ofCycles]);
}
