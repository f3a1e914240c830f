import { answersTo, together, type Witness } from '../../faults/support/witness.ts';
import type { Begun } from '../../record/ledger.ts';
import type { WallMs } from '../../strategies/contract/index.ts';

/** What a service had shown of itself when it asked the origin. */
export interface Shown {
  /** The newest version that it had answered with; 0: none. */
  readonly newest: number;
  /** When the last request was sent that it had answered by then; 0: it had answered none. */
  readonly lastSentWallMs: WallMs;
}

/**
 * Finds what each service had answered before each of its calls of the origin. Answers come in the order of their
 * endings, so one pass is enough; what it keeps grows with the calls and not with the answers. A caller that never answers
 * a request itself (a refresher) has shown what any service had. Only versions that the origin made count.
 */
export function shownBefore(
  calls: readonly Begun[],
  isMade: (version: number) => boolean,
): Witness<(call: Begun) => Shown> {
  const inOrder = calls.toSorted((a, b) => a.arrivedAt - b.arrivedAt);
  const looks = new Map<number, { readonly own: Shown | undefined; readonly anyNewest: number }>();
  const services = new Map<string, Shown>();
  let [next, anyNewest] = [0, 0];
  const lookUntil = (wallMs: WallMs) => {
    for (let call = inOrder[next]; call && call.arrivedAt <= wallMs; call = inOrder[++next])
      looks.set(call.id, { own: services.get(call.by), anyNewest });
  };
  const answers = answersTo(({ by = '', version, sentAt, endedAt }) => {
    lookUntil(endedAt);
    const { newest, lastSentWallMs } = services.get(by) ?? NOTHING;
    const counted = isMade(version) ? version : 0;
    anyNewest = Math.max(anyNewest, counted);
    services.set(by, {
      newest: Math.max(newest, counted),
      lastSentWallMs: Math.max(lastSentWallMs, sentAt),
    });
  });
  return together([answers], () => {
    lookUntil(Number.POSITIVE_INFINITY);
    return ({ id, by }) => {
      const { own = NOTHING, anyNewest: newest = 0 } = looks.get(id) ?? {};
      return services.has(by) ? own : { newest, lastSentWallMs: 0 };
    };
  });
}

const NOTHING: Shown = { newest: 0, lastSentWallMs: 0 };
