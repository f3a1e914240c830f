import type { Commit, Cycle, Recompute } from '../../faults/support/evidence.ts';
import { answersTo, letPass } from '../../faults/support/witness.ts';
import type { RunData } from '../../record/facts.ts';
import type { Begun } from '../../record/ledger.ts';
import type { WallMs } from '../../strategies/contract/index.ts';
import { askedInvalidations } from '../causes/asked-invalidations.ts';
import { ONE_CLOCK } from '../clocks.ts';
import { cyclesOf, recomputesIn } from '../cycles.ts';
import { Histogram } from '../histogram.ts';
import { Spans } from '../waiting/spans.ts';
import { withReplaced } from './replaced.ts';
import { type Shown, shownBefore } from './shown.ts';

/** The first answer with a version tells when the service had stored it, but at most so long after the origin had made it. */
const SERVED_WITHIN_MS = 1000;

/** So long after a recompute has ended, its callers may still get the value from memory, whether it was stored or not. */
const HANDED_OUT_WITHIN_MS = 100;

/**
 * How it is known which version each recompute replaced. `ledger`: the service named it. `answers`: by what the service
 * had answered. `both`: it named some.
 */
export type Attribution = 'ledger' | 'answers' | 'both';

/** A run of a service whose inside nobody sees, laid out by the origin's ledger and the answers alone. */
export interface ForeignLayout {
  readonly recomputes: readonly Recompute[];
  /**
   * The versions that the origin made, each from the moment when its recompute ended: nobody can have had it before. They
   * stand for the writes to the service's store, which nobody sees.
   */
  readonly made: readonly Commit[];
  readonly cycles: readonly Cycle[];
  readonly invalidatedWallMs: readonly WallMs[];
  readonly attribution: Attribution;
  /** By when the service can have stored each version: not before the origin had made it, nor after the first answer. */
  readonly storedByWallMs: ReadonlyMap<number, WallMs>;
  /** Half of the answers that no recompute touched took at most this long. In ms. */
  readonly quickMs: number;
}

/** Lays a run out. Reads its arrivals once. `lostWallMs`: when a fault took the store's contents away. */
export function layOut(run: RunData, lostWallMs: readonly WallMs[] = []): ForeignLayout {
  const { calls, recomputes, made } = callsIn(run);
  const busy = new Spans(
    recomputes.map(({ beganWallMs, endedWallMs = beganWallMs }) => ({
      from: beganWallMs,
      until: endedWallMs,
    })),
  );
  const quick = new Histogram();
  const first = new Map<number, WallMs>();
  const madeWallMs = new Map(made.map(({ version, atWallMs }) => [version, atWallMs]));
  const handedOutMs = Math.min(HANDED_OUT_WITHIN_MS, run.facts.settings.ttlMs / 4);
  const adopted = new Set<number>();
  const shown = shownBefore(calls, (version) => madeWallMs.has(version));
  const times = answersTo(({ version, sentAt, endedAt }) => {
    const madeAt = madeWallMs.get(version);
    if (madeAt !== undefined && !first.has(version)) first.set(version, endedAt);
    if (madeAt !== undefined && sentAt > madeAt + handedOutMs) adopted.add(version);
    if (busy.meeting(sentAt, endedAt) === undefined) quick.record(endedAt - sentAt);
  });
  letPass(run.arrivals, [shown, times]);
  const storedBy = ({ version, atWallMs }: Commit) =>
    Math.max(atWallMs, Math.min(first.get(version) ?? 0, atWallMs + SERVED_WITHIN_MS));
  return {
    ...layoutOf(run, { shownTo: shown.end(), isAdopted: ({ version }) => adopted.has(version), lostWallMs }),
    storedByWallMs: new Map(made.map((one) => [one.version, storedBy(one)])),
    quickMs: quick.atShare(0.5),
  };
}

/** What the answers of a run show. */
interface Answers {
  shownTo(call: Begun): Shown;
  /** Tells whether a version was served to anybody who asked after it was made. The store may have refused the others. */
  isAdopted(made: Commit): boolean;
  readonly lostWallMs: readonly WallMs[];
}

function layoutOf(
  run: Pick<RunData, 'facts' | 'ledger' | 'events'>,
  answers: Answers,
): Omit<ForeignLayout, 'quickMs' | 'storedByWallMs'> {
  const { calls, recomputes, made } = callsIn(run);
  const { settings } = run.facts;
  const invalidatedWallMs = askedInvalidations(run.events).map(({ askedWallMs }) => askedWallMs);
  const named = recomputes.filter(({ replaces }) => replaces !== undefined).length;
  const stored = made.filter(answers.isAdopted);
  const attributed = withReplaced({
    ...{ calls, recomputes, stored, settings },
    lostWallMs: [...invalidatedWallMs, ...answers.lostWallMs],
    shownTo: answers.shownTo,
  });
  return {
    recomputes: attributed,
    made,
    cycles: cyclesOf({
      recomputes: attributed,
      commits: stored,
      invalidations: invalidatedWallMs.map((wallMs) => ONE_CLOCK.storeOf(wallMs)),
      clocks: ONE_CLOCK,
    }),
    invalidatedWallMs,
    attribution: named === 0 ? 'answers' : named === recomputes.length ? 'ledger' : 'both',
  };
}

/** Reads the ledger. The origin, the herd and the lab run on one host, so their clock is one. */
function callsIn({ ledger, facts }: Pick<RunData, 'facts' | 'ledger'>) {
  const { key } = facts.settings;
  const recomputes = recomputesIn(ledger, key).map(({ seenStoreMs: _, ...recompute }) => recompute);
  return {
    calls: ledger.filter((line): line is Begun => line.event === 'begin' && line.key === key),
    recomputes,
    made: recomputes
      .flatMap(({ version, by, ending, endedWallMs }): Commit[] =>
        ending === 'ok' && endedWallMs !== undefined ? [madeAt(endedWallMs, { version, by })] : [],
      )
      .sort((a, b) => a.atWallMs - b.atWallMs),
  };
}

const madeAt = (atWallMs: WallMs, { version, by }: Pick<Recompute, 'version' | 'by'>): Commit => ({
  ...{ version, by, atWallMs, atStoreMs: ONE_CLOCK.storeOf(atWallMs) },
  // Whether the service stored it, and how, nobody sees.
  ...{ fence: 0, accepted: true },
});
