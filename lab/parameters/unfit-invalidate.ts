import { formatExactDuration } from '../../record/duration.ts';
import type { Settings } from '../../record/settings.ts';
import { UsageError } from '../../services/shared/usage-error.ts';

/** How many recomputes must fit between two invalidations, so that most values live until somebody gets them. */
const RECOMPUTES_BETWEEN = 2;

/** Throws {@link UsageError} where invalidations would leave nothing to judge. */
export function refuseUnfitInvalidate(settings: Settings): void {
  const { invalidateMs, recomputeMs, recomputeJitter, proxy, strategy, fault } = settings;
  if (invalidateMs === null) return;
  const typed = `INVALIDATE=${formatExactDuration(invalidateMs)}`;
  const run = `make herd STRATEGY=${strategy}${fault === null ? '' : ` FAULT=${fault}`}`;
  const leastMs = Math.ceil(RECOMPUTES_BETWEEN * recomputeMs * (1 + recomputeJitter));
  if (invalidateMs < leastMs)
    throw new UsageError(
      `${typed} leaves too little time for a recompute of ${formatExactDuration(recomputeMs)}: most values would be old before they are stored. ` +
        `Allowed: ${formatExactDuration(leastMs)} or more. Type: ${run} INVALIDATE=${formatExactDuration(leastMs)}`,
    );
  if (proxy !== null)
    throw new UsageError(
      `${typed} does not reach PROXY=${proxy}, which serves its copy until max-age is over. ` +
        `Allowed: PROXY=none. Type: ${run} ${typed}`,
    );
}
