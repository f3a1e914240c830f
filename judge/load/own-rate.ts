import type { Evidence } from '../../faults/support/evidence.ts';
import type { Witness } from '../../faults/support/witness.ts';

/** A shorter time says nothing about a rate. */
const SHORTEST_MS = 500;

/**
 * Measures how many requests per second were sent for the key once the run was warm. Claims that depend on the rate are
 * evaluated with it, since they are about the requests that came. With too little load it is the rate that was asked for.
 */
export function ownRate({
  settings,
  warmWallMs,
  herd,
}: Pick<Evidence, 'settings' | 'warmWallMs' | 'herd'>): Witness<number> {
  let sent = 0;
  return {
    see({ sentAt }) {
      if (sentAt !== undefined && sentAt >= warmWallMs) sent += 1;
    },
    end() {
      const forMs = herd.lastDueAt - warmWallMs;
      return forMs >= SHORTEST_MS && sent > 0 ? (sent * 1000) / forMs : settings.ratePerSecond;
    },
  };
}
