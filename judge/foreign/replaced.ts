import type { Commit, Recompute } from '../../faults/support/evidence.ts';
import type { Begun } from '../../record/ledger.ts';
import type { Settings } from '../../record/settings.ts';
import type { WallMs } from '../../strategies/contract/index.ts';
import { ONE_CLOCK } from '../clocks.ts';
import type { Shown } from './shown.ts';

/** From this share of its TTL on, a version may be due for a service that has not answered with it. */
const MAY_BE_DUE = 0.8;
/** The same for a service that has answered nothing since the version was there. */
const MAY_BE_DUE_UNSEEN = 0.5;
/** How far the lab's note of a loss may be from the loss. */
const NEAR_MS = 100;
/** A moment just before another. */
const JUST_MS = 0.001;

/** What tells which version each call of the origin set out to replace. */
export interface ReplacedBy {
  readonly calls: readonly Begun[];
  readonly recomputes: readonly Recompute[];
  /** The versions that were stored, each from the moment when the origin had made it. */
  readonly stored: readonly Commit[];
  readonly settings: Pick<Settings, 'ttlMs' | 'ttlJitter'>;
  /** When the store lost what it had, or the lab asked for an invalidation. */
  readonly lostWallMs: readonly WallMs[];
  /** Gives what the caller had answered by then. */
  readonly shownTo: (call: Begun) => Shown;
}

/**
 * Says of each recompute which version it set out to replace, and when its caller looked. If the caller named the version
 * (`replaces`), that is the version. Else it is the newest stored version that the origin had made by then, N, if the caller
 * knew N: it had answered with it; or N was due or nearly so, or was invalidated or lost. A caller that did not know N comes late
 * to the expiry that N ended, and so counts as one more recompute of that one. Each of them looked before that expiry had
 * its first new value.
 */
export function withReplaced({
  calls,
  recomputes,
  stored,
  settings,
  lostWallMs,
  shownTo,
}: ReplacedBy): Recompute[] {
  const callOf = new Map(calls.map((call) => [call.id, call]));
  const arrivedAt = ({ id, beganWallMs }: Recompute) => callOf.get(id)?.arrivedAt ?? beganWallMs;
  const livesMs = settings.ttlMs * (1 - settings.ttlJitter);
  const replacedFor = new Map<number, number>();
  /** When the versions that replaced a version were first there, since the contents were last lost. */
  const filledAt = new Map<number, WallMs>();
  const isLost = (fromWallMs: WallMs, toWallMs: WallMs) =>
    lostWallMs.some((wallMs) => wallMs >= fromWallMs - NEAR_MS && wallMs <= toWallMs + NEAR_MS);
  let newest: Commit | undefined;
  let next = 0;
  const knows = (recompute: Recompute, { version, atWallMs }: Commit): boolean => {
    const call = callOf.get(recompute.id);
    if (!call) return true;
    const shown = shownTo(call);
    const ageMs = call.arrivedAt - atWallMs;
    const mayBeDue = shown.lastSentWallMs > atWallMs ? MAY_BE_DUE : MAY_BE_DUE_UNSEEN;
    return shown.newest >= version || ageMs >= mayBeDue * livesMs || isLost(atWallMs, call.arrivedAt);
  };
  return recomputes
    .toSorted((a, b) => arrivedAt(a) - arrivedAt(b))
    .map((recompute) => {
      const lookedWallMs = arrivedAt(recompute);
      for (let one = stored[next]; one && one.atWallMs <= lookedWallMs; one = stored[++next]) {
        if (one.version > (newest?.version ?? 0)) newest = one;
        const replaced = replacedFor.get(one.version) ?? 0;
        const firstWallMs = filledAt.get(replaced);
        if (firstWallMs === undefined || isLost(firstWallMs, one.atWallMs))
          filledAt.set(replaced, one.atWallMs);
      }
      const ended = newest && (replacedFor.get(newest.version) ?? 0);
      const replaces =
        recompute.replaces ?? (newest && knows(recompute, newest) ? newest.version : (ended ?? 0));
      replacedFor.set(recompute.version, replaces);
      const filledWallMs = filledAt.get(replaces);
      // Whoever looks after a loss is not late: it names the same version since nothing newer is left.
      const isLate =
        newest !== undefined &&
        filledWallMs !== undefined &&
        replaces < newest.version &&
        replaces === ended &&
        !isLost(newest.atWallMs, lookedWallMs);
      const seenWallMs = isLate ? Math.min(lookedWallMs, filledWallMs - JUST_MS) : lookedWallMs;
      return { ...recompute, replaces, seenStoreMs: ONE_CLOCK.storeOf(seenWallMs) };
    });
}
