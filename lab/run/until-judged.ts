import { setTimeout as sleep } from 'node:timers/promises';
import { queueMsFor } from '../../cluster/environment.ts';
import type { Cycle } from '../../faults/support/evidence.ts';
import { expiriesSoFar } from '../../faults/support/striking/expiries-so-far.ts';
import { cyclesOf, invalidationsIn, judgedCycles, recomputesIn } from '../../judge/cycles.ts';
import { WARM_SLACK_MS } from '../../judge/evidence.ts';
import { commitsIn } from '../../judge/operations/operations.ts';
import type { HerdProcess } from '../../load/herd-process.ts';
import { corruptionsIn } from '../../record/fault-events.ts';
import { isForeign } from '../../record/foreign/foreign.ts';
import type { LedgerLine } from '../../record/ledger.ts';
import type { Settings } from '../../record/settings.ts';
import type { Progress } from '../../report/progress.ts';
import { until } from '../../services/shared/until.ts';
import { wallTimeMs } from '../../services/shared/wall-time.ts';
import { patienceMsFor } from '../../strategies/contract/index.ts';
import { peaceAfterFault } from './own/peace-after-fault.ts';
import type { Journals } from './recording/journals.ts';

const POLL_MS = 200;
/** Of a long run there is much to look at: looking takes at most this share of the lab's time. */
const LOOKING_SHARE = 0.1;

interface JudgedWait {
  readonly settings: Settings;
  readonly journals: Journals;
  readonly herd: HerdProcess;
  readonly signal: AbortSignal;
  readonly onProgress: ((progress: Progress) => void) | undefined;
  /** How long opening the herd's connections takes. */
  readonly openingMs: number;
  /** Settles once nothing is broken any more; none: nothing ever is. */
  readonly faulting: Promise<unknown> | undefined;
  /** Tells whether a member ended by itself, or can no longer write down what it does. */
  isBroken(): Promise<boolean>;
}

const ASK_MEMBERS_EVERY_MS = 3000;
/** How long a load must last, once warm, to show whether it keeps its pace. */
const PACE_SHOWS_MS = 500;
/** After a fault, expiries in peace: what it left behind would show in them. */
const EXPIRIES_AFTER_FAULT = 2;

/** Where questions queue at the origin for this share of the time that anybody waits, most of them are given up there. */
const HOPELESS_SHARE = 0.9;
/** So much more load shows what such a queue does to those who come. */
const HOPELESS_SHOWS_MS = 5000;

/**
 * Waits until the expiries wanted are over, and the fault too, or until they clearly will not come. A run whose record is
 * broken shows nothing more.
 */
export async function untilJudged({
  settings,
  openingMs,
  journals,
  herd,
  signal,
  onProgress,
  faulting,
  isBroken,
}: JudgedWait): Promise<void> {
  const startedAt = performance.now();
  const queueMs = queueMsFor(settings);
  const cycleMs = settings.ttlMs + settings.recomputeMs + queueMs;
  const warmAt = startedAt + openingMs + WARM_SLACK_MS + PACE_SHOWS_MS;
  let giveUpAt = startedAt + 10_000 + (settings.expiries + 2) * cycleMs * 2;
  // What follows the last fill belongs to it too: the waiters' answers, and recomputes that somebody wanted before it.
  const settleMs = 500 + 2 * settings.recomputeMs + queueMs;
  let wanted = settings.expiries;
  // The judge of a user's own service may not count expiries that a fault touched.
  const peace = peaceAfterFault(settings);
  let peaceFromWallMs = 0;
  let faultHasEnded = faulting === undefined;
  faulting
    ?.finally(() => {
      faultHasEnded = true;
    })
    .catch(() => {});
  let over = faultHasEnded;
  let looksAgainAt = 0;
  let asksMembersAt = 0;
  let isHopeless = false;
  const isOver = async () => {
    if (performance.now() >= asksMembersAt) {
      asksMembersAt = performance.now() + ASK_MEMBERS_EVERY_MS;
      if (await isBroken()) return true;
    }
    // A frozen member may have kept that waiting. That time does not count as looking.
    const lookedAt = performance.now();
    if (lookedAt < looksAgainAt) return false;
    journals.refresh();
    const judged = isForeign(settings)
      ? expiriesSoFar(journals.ledger, settings)
      : judgedSoFar(journals, settings);
    looksAgainAt = performance.now() + (performance.now() - lookedAt) / LOOKING_SHARE;
    onProgress?.({ judged, scheduled: herd.scheduled, elapsedMs: performance.now() - startedAt });
    if (!over && faultHasEnded) {
      over = true;
      const { aftermathMs, expiries } = peace ?? { aftermathMs: 0, expiries: EXPIRIES_AFTER_FAULT };
      if (peace) peaceFromWallMs = wallTimeMs() + aftermathMs;
      else wanted = Math.max(wanted, judged.length + expiries);
      giveUpAt = Math.max(giveUpAt, performance.now() + 5000 + aftermathMs + 2 * (expiries + 1) * cycleMs);
    }
    // A fault may make questions queue for a while. Without one, such a queue does not get shorter.
    if (!isHopeless && !faulting && hasHopelessQueue(journals.ledger, settings)) {
      isHopeless = true;
      giveUpAt = Math.min(giveUpAt, Math.max(warmAt, performance.now()) + HOPELESS_SHOWS_MS);
    }
    const inPeace = judged.filter(({ beganWallMs }) => beganWallMs >= peaceFromWallMs).length;
    const isEnough = judged.length >= wanted && inPeace >= (peace?.expiries ?? 0);
    return performance.now() >= warmAt && over && (isEnough || performance.now() > giveUpAt);
  };
  // It gives up by itself, at a time that moves with the fault.
  await until('the expiries', isOver, { withinMs: Number.POSITIVE_INFINITY, everyMs: POLL_MS, signal });
  await sleep(settleMs, undefined, { signal });
}

const judgedSoFar = (
  { ledger, events, faults }: Pick<Journals, 'ledger' | 'events' | 'faults'>,
  settings: Settings,
): Required<Cycle>[] =>
  judgedCycles(
    cyclesOf({
      recomputes: recomputesIn(ledger, settings.key),
      commits: commitsIn(events, settings.key),
      invalidations: invalidationsIn(events, settings.key),
      corruptions: corruptionsIn(faults).map(({ atStoreMs }) => atStoreMs),
    }),
    settings,
  );

/** Tells whether a question queued at the origin for nearly as long as anybody waits for its answer. */
const hasHopelessQueue = (ledger: readonly LedgerLine[], settings: Settings): boolean =>
  ledger.some(
    (line) => line.event === 'begin' && line.at - line.arrivedAt >= HOPELESS_SHARE * patienceMsFor(settings),
  );
