import type { Commit, Cycle, CycleCause, Granted, Recompute } from '../faults/support/evidence.ts';
import type { RunEvent } from '../record/facts.ts';
import type { Begun, LedgerLine } from '../record/ledger.ts';
import type { Settings } from '../record/settings.ts';
import type { StoreMs, WallMs } from '../strategies/contract/index.ts';
import { type Clocks, SAME_CLOCK } from './clocks.ts';

/** Pairs the beginnings and ends of a key's recomputes in the origin's ledger. */
export function recomputesIn(ledger: readonly LedgerLine[], key: string): Recompute[] {
  const ends = new Map(ledger.flatMap((line) => (line.event === 'end' ? [[line.id, line] as const] : [])));
  return ledger
    .filter((line): line is Begun => line.event === 'begin' && line.key === key)
    .map(({ id, version, by, at, seenAt, replaces }) => {
      const end = ends.get(id);
      return {
        id,
        version,
        by,
        beganWallMs: at,
        ...(seenAt !== undefined && { seenStoreMs: seenAt }),
        ...(replaces !== undefined && { replaces }),
        ...(end && { endedWallMs: end.at, ending: end.ending }),
      };
    });
}

/** Gives the grants of a key's lease, in the order in which they were recorded. */
export const grantsIn = (events: readonly RunEvent[], key: string, { wallOf }: Clocks): Granted[] =>
  events.flatMap((event) =>
    event.event === 'granted' && event.key === key
      ? [{ by: event.by, fence: event.fence, atStoreMs: event.storeAt, atWallMs: wallOf(event.storeAt) }]
      : [],
  );

/** Gives when a key was invalidated, by the store's clock. */
export const invalidationsIn = (events: readonly RunEvent[], key: string): StoreMs[] =>
  events.flatMap((event) => (event.event === 'invalidated' && event.key === key ? [event.storeAt] : []));

/** What cycles are read from. */
export interface CycleParts {
  readonly recomputes: readonly Recompute[];
  readonly commits: readonly Commit[];
  readonly invalidations: readonly StoreMs[];
  /** When the lab made the stored value unreadable. */
  readonly corruptions?: readonly StoreMs[];
  readonly clocks?: Clocks;
  /** Names the order of values that a member was in. There is one order, except while the network is cut. */
  readonly orderAt?: (by: string, atWallMs: WallMs) => string | undefined;
}

/** The one order of values that there usually is. */
const ALL = 'all';

/**
 * Groups recomputes into cycles: all that set out to replace the same version, within one epoch, are one cycle. An epoch
 * ends with an invalidation, and when the store's newest version falls, since the store has then lost what it had. So a
 * second recompute of an expiry counts as one, however late it comes, and the refresh of a value that was just made is a
 * cycle of its own. Recomputes made without the store replace nothing, and are in no cycle.
 *
 * Both the look that saw the need and the commits have their times from the store, so their order is exact. If the asker
 * did not say which version it replaces, it is the newest one stored by then.
 */
export function cyclesOf({
  recomputes,
  commits,
  invalidations,
  corruptions = [],
  clocks = SAME_CLOCK,
  orderAt = () => ALL,
}: CycleParts): Cycle[] {
  const eras = new Map<string, Era>();
  const eraAt = (by: string, atWallMs: WallMs): Era => {
    const order = orderAt(by, atWallMs) ?? ALL;
    const known = eras.get(order);
    if (known) return known;
    // A new order goes on from where the common one was.
    const era = new Era(eras.get(ALL));
    eras.set(order, era);
    return era;
  };
  const drafts: Draft[] = [];
  const steps: Step[] = [
    ...invalidations.map((at) => ({ at, take: () => eraAt('', clocks.wallOf(at)).invalidate() })),
    ...corruptions.map((at) => ({ at, take: () => eraAt('', clocks.wallOf(at)).corrupt() })),
    ...commits
      .filter(({ accepted }) => accepted)
      // Of a write without an exact time, the latest moment counts: whoever looked earlier need not have seen it.
      .map(({ by, version, atStoreMs, atWallMs, until }) => ({
        at: until?.storeMs ?? atStoreMs,
        take: () => eraAt(by, atWallMs).store(version, until?.storeMs ?? atStoreMs),
      })),
    ...recomputes.filter(isMadeWithStore).map((recompute) => {
      const at = recompute.seenStoreMs ?? clocks.storeOf(recompute.beganWallMs);
      const take = () => {
        const draft = eraAt(recompute.by, clocks.wallOf(at)).replace(recompute, at);
        if (draft) drafts.push(draft);
      };
      return { at, take };
    }),
  ];
  for (const { take } of steps.sort((a, b) => a.at - b.at)) take();
  return drafts.map(({ filledStoreMs, ...draft }) => ({
    ...draft,
    beganWallMs: clocks.wallOf(draft.beganStoreMs),
    ...(filledStoreMs !== undefined && { filledStoreMs, filledWallMs: clocks.wallOf(filledStoreMs) }),
  }));
}

/** Tells whether a recompute was asked for with the store at hand. Without it, its asker knows no version to replace. */
export const isMadeWithStore = ({ seenStoreMs, replaces }: Recompute): boolean =>
  seenStoreMs !== undefined || replaces !== undefined;

interface Step {
  readonly at: StoreMs;
  take(): void;
}

/** A cycle in the making. */
interface Draft {
  readonly replaces: number;
  readonly cause: CycleCause;
  readonly beganStoreMs: StoreMs;
  readonly recomputes: Recompute[];
  filledStoreMs?: StoreMs;
}

/** What the store holds in one order of values, as time goes by. */
class Era {
  #newest: number;
  #hasStored: boolean;
  /** Why the next cycle begins, if it is no expiry. */
  #cause: CycleCause | undefined;
  /** The cycles that were not filled yet. Once one is, nobody can set out to replace its version any more. */
  readonly #open = new Map<number, Draft>();

  constructor(before?: Era) {
    this.#newest = before ? before.#newest : 0;
    this.#hasStored = before ? before.#hasStored : false;
  }

  store(version: number, at: StoreMs): void {
    for (const [replaces, draft] of this.#open) {
      if (version <= replaces) continue;
      draft.filledStoreMs = at;
      this.#open.delete(replaces);
    }
    this.#newest = Math.max(this.#newest, version);
    this.#hasStored = true;
    this.#cause = undefined;
  }

  invalidate(): void {
    if (this.#hasStored) this.#begin('invalidation');
  }

  /** Whoever already replaces the version goes on. Whoever looks from now on finds nothing to read. */
  corrupt(): void {
    if (this.#hasStored) this.#cause = 'corruption';
  }

  /** Adds a recompute to its cycle. Gives the cycle if it is a new one. */
  replace(recompute: Recompute, at: StoreMs): Draft | undefined {
    const { replaces = this.#newest } = recompute;
    if (replaces < this.#newest) {
      this.#newest = replaces;
      this.#begin('forgotten');
    }
    const known = this.#open.get(replaces);
    known?.recomputes.push(recompute);
    if (known) return undefined;
    const cause = this.#cause ?? (this.#hasStored ? 'expiry' : 'cold');
    const draft: Draft = { replaces, cause, beganStoreMs: at, recomputes: [recompute] };
    this.#open.set(replaces, draft);
    return draft;
  }

  #begin(cause: CycleCause): void {
    this.#open.clear();
    this.#cause = cause;
  }
}

/**
 * Picks the expiries that were filled, in the order in which they were. Where the lab invalidates the key, a value that was
 * replaced after an invalidation counts as well.
 */
export const judgedCycles = (
  cycles: readonly Cycle[],
  { invalidateMs }: Pick<Settings, 'invalidateMs'>,
): Required<Cycle>[] =>
  cycles
    .filter(({ cause }) => cause === 'expiry' || (cause === 'invalidation' && invalidateMs !== null))
    .filter((cycle): cycle is Required<Cycle> => cycle.filledStoreMs !== undefined)
    .sort((a, b) => a.filledStoreMs - b.filledStoreMs);
