import type { Evidence } from '../../faults/support/evidence.ts';
import { type Finding, passIf } from '../../faults/support/finding.ts';
import { NOTICE_MS } from '../../faults/support/lookups.ts';
import { together } from '../../faults/support/witness.ts';
import { CLOCK_SLACK_MS, CLOCKS_UNKNOWN } from '../clocks.ts';
import { type Aftermath, aftermathsIn, olderMsAfter } from '../older-answers.ts';
import { stalledTime } from '../waiting/stalled.ts';
import type { Check } from './check.ts';

/** An invalidation that was acknowledged so shortly before a failover may not have reached the other servers. */
const REPLICATED_WITHIN_MS = 1000;

/**
 * Checks that nobody who asks after an acknowledged invalidation gets a value from before it, or only for as long as the claim
 * says. Where copies may be old for a while, a stall of their replica may explain more, which makes it unknown. Where nothing
 * may be old, no noise can make it so. What a store forgot under a fault does not count.
 */
export const invalidation: Check = {
  name: 'invalidated values gone',
  judge(evidence) {
    if (evidence.settings.invalidateMs === null) return undefined;
    const { clockErrorMs } = evidence;
    if (clockErrorMs === undefined) return CLOCKS_UNKNOWN;
    const aftermaths = aftermathsIn(evidence);
    return together([aftermaths], () =>
      findingFrom(evidence, aftermaths.end(), CLOCK_SLACK_MS + clockErrorMs),
    );
  },
};

function findingFrom(evidence: Evidence, all: readonly Aftermath[], slackMs: number): Finding {
  const judged = all.filter((aftermath) => aftermath.followers > 0 && !mayBeForgotten(evidence, aftermath));
  if (judged.length === 0)
    return { verdict: 'unknown', detail: `${all.length} invalidations, and no request after any` };
  const boundMs = claimedMs(evidence);
  const over = judged.filter(
    (aftermath) => olderMsAfter(aftermath) > boundMs + faultMs(evidence, aftermath, boundMs) + slackMs,
  );
  const longestMs = judged.reduce((most, aftermath) => Math.max(most, olderMsAfter(aftermath)), 0);
  const last = longestMs > 0 ? `an older value at most ${longestMs.toFixed(1)} ms later` : 'no older value';
  const detail = `${judged.length} invalidations, ${last}; bound ${boundMs} ms`;
  const [first] = over;
  if (!first) return passIf(true, detail);
  const { version, by = 'nobody named' } = first.lastOlder ?? {};
  const found = `${detail}; version ${version} from ${by}`;
  if (boundMs > 0 && over.every((aftermath) => isExplained(evidence, aftermath, boundMs + slackMs)))
    return { verdict: 'unknown', detail: `${found}; a stall may be why` };
  return passIf(false, found);
}

/** Gives how long the claim lets an older value last. The longest lives and recomputes count. */
function claimedMs({ claim, settings }: Evidence): number {
  const { ttlMs, ttlJitter, recomputeMs, recomputeJitter } = settings;
  const longest = {
    ...settings,
    ttlMs: ttlMs * (1 + ttlJitter),
    recomputeMs: recomputeMs * (1 + recomputeJitter),
  };
  return claim.olderMs?.(longest) ?? 0;
}

/** Gives how much longer a fault may let it last: where a copy waits for a message, for the rest of its TTL. */
function faultMs(evidence: Evidence, { invalidation, lastOlder }: Aftermath, boundMs: number): number {
  const { struck, settings } = evidence;
  const isHit = struck.some(
    ({ timeline }) =>
      invalidation.askedWallMs <= timeline.healedWallMs + NOTICE_MS &&
      (lastOlder?.sentAt ?? 0) >= timeline.plannedWallMs,
  );
  return isHit && boundMs > 0 ? settings.ttlMs * (1 + settings.ttlJitter) : 0;
}

/** Tells whether a fault that takes the store's contents away may have taken the invalidation with them. */
const mayBeForgotten = ({ struck }: Evidence, { invalidation }: Aftermath): boolean =>
  struck.some(
    ({ timeline, tolerance }) =>
      tolerance.forgetsStore &&
      invalidation.endedWallMs >= timeline.plannedWallMs - REPLICATED_WITHIN_MS &&
      invalidation.askedWallMs <= timeline.healedWallMs + NOTICE_MS,
  );

function isExplained(evidence: Evidence, aftermath: Aftermath, allowedMs: number): boolean {
  const { invalidation, lastOlder } = aftermath;
  if (!lastOlder) return true;
  const { by, endedAt } = lastOlder;
  const stalledMs = stalledTime(evidence).replica(by, invalidation.endedWallMs, endedAt);
  return olderMsAfter(aftermath) - stalledMs <= allowedMs;
}
