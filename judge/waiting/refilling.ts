import type { Evidence } from '../../faults/support/evidence.ts';
import { CLOCK_SLACK_MS } from '../clocks.ts';
import { Spans } from './spans.ts';

/**
 * Gives a test for a time in which the key had no value since it was invalidated: from the invalidation until the next value
 * was stored. Whoever asks then waits, whatever the claim says about expiries.
 */
export function refilling({
  invalidations,
  commits,
  clockErrorMs = 0,
}: Pick<Evidence, 'invalidations' | 'commits'> & { readonly clockErrorMs: number | undefined }): (
  fromWallMs: number,
  toWallMs: number,
) => boolean {
  const stored = commits.filter(({ accepted }) => accepted);
  const slackMs = CLOCK_SLACK_MS + clockErrorMs;
  const spans = new Spans(
    invalidations.map(({ atStoreMs, atWallMs }) => {
      const next = stored.find((commit) => (commit.until?.storeMs ?? commit.atStoreMs) > atStoreMs);
      const filledWallMs = next ? (next.until?.wallMs ?? next.atWallMs) : Number.POSITIVE_INFINITY;
      return { from: atWallMs - slackMs, until: filledWallMs + slackMs };
    }),
  );
  return (fromWallMs, toWallMs) => spans.meeting(fromWallMs, toWallMs) !== undefined;
}
