import { setTimeout as sleep } from 'node:timers/promises';
import { commitsIn, cyclesOf, judgedCycles, recomputesIn } from '../../judge/cycles.ts';
import { WARM_SLACK_MS } from '../../judge/evidence.ts';
import type { HerdProcess } from '../../load/herd-process.ts';
import type { Settings } from '../../record/settings.ts';
import type { Progress } from '../../report/progress.ts';
import { until } from '../../services/shared/until.ts';
import type { Journals } from './journals.ts';

const POLL_MS = 200;

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
}

/** How long a load must last, once warm, to show whether it keeps its pace. */
const PACE_SHOWS_MS = 500;
/** After a fault, expiries in peace: what it left behind would show in them. */
const EXPIRIES_AFTER_FAULT = 2;

/** Waits until the expiries wanted are over, and the fault too, or until they clearly will not come. */
export async function untilJudged({
  settings,
  openingMs,
  journals,
  herd,
  signal,
  onProgress,
  faulting,
}: JudgedWait): Promise<void> {
  const startedAt = performance.now();
  const cycleMs = settings.ttlMs + settings.recomputeMs;
  const warmAt = startedAt + openingMs + WARM_SLACK_MS + PACE_SHOWS_MS;
  let giveUpAt = startedAt + 10_000 + (settings.expiries + 2) * cycleMs * 2;
  // What follows the last fill belongs to it too: the waiters' answers, and recomputes begun before it.
  const settleMs = 500 + 2 * settings.recomputeMs;
  let wanted = settings.expiries;
  let faultHasEnded = faulting === undefined;
  faulting
    ?.finally(() => {
      faultHasEnded = true;
    })
    .catch(() => {});
  let over = faultHasEnded;
  const isOver = () => {
    journals.refresh();
    const cycles = cyclesOf(
      recomputesIn(journals.ledger, settings.key),
      commitsIn(journals.events, settings.key),
    );
    const judged = judgedCycles(cycles, Number.POSITIVE_INFINITY);
    onProgress?.({ judged, scheduled: herd.scheduled, elapsedMs: performance.now() - startedAt });
    if (!over && faultHasEnded) {
      over = true;
      wanted = Math.max(wanted, judged.length + EXPIRIES_AFTER_FAULT);
      giveUpAt = Math.max(giveUpAt, performance.now() + 5000 + 2 * EXPIRIES_AFTER_FAULT * cycleMs);
    }
    return performance.now() >= warmAt && over && (judged.length >= wanted || performance.now() > giveUpAt);
  };
  // It gives up by itself, at a time that moves with the fault.
  await until('the expiries', isOver, { withinMs: Number.POSITIVE_INFINITY, everyMs: POLL_MS, signal });
  await sleep(settleMs, undefined, { signal });
}
