import type { Evidence } from '../../faults/support/evidence.ts';
import type { Arrival } from '../../record/arrival.ts';
import type { LedgerLine } from '../../record/ledger.ts';
import { claimedQueueMs, missesPerRecompute, queueNeverEmpties } from '../../strategies/contract/index.ts';

/** A question that begins this soon after its arrival did not queue. */
const AT_ONCE_MS = 5;

type Claimed = Pick<Evidence, 'claim' | 'settings'>;

/** Gives how long a request may queue at the origin by the strategy's claim. It is part of the bound on waits. */
export const queueBoundMs = ({ claim, settings }: Claimed): number =>
  claimedQueueMs(claim, settings) * (1 + settings.recomputeJitter);

/**
 * Gives a test for requests that were unsent while questions queued at the origin, by its ledger. Then each connection
 * waited for an answer, and the strategy that sent so many questions is to blame, not the injector.
 */
export function heldBackBy({ ledger }: Pick<Evidence, 'ledger'>): (arrival: Arrival) => boolean {
  const queues = queuesIn(ledger);
  return ({ ending, dueAt }) => {
    if (ending !== 'unsent') return false;
    const queue = lastBefore(queues, dueAt);
    return queue !== undefined && dueAt < queue.until;
  };
}

interface Span {
  readonly from: number;
  readonly until: number;
}

/** Finds the last span that has begun by then. */
function lastBefore(spans: readonly Span[], atMs: number): Span | undefined {
  let [from, to] = [0, spans.length];
  while (from < to) {
    const middle = (from + to) >> 1;
    if ((spans[middle]?.from ?? 0) <= atMs) from = middle + 1;
    else to = middle;
  }
  return spans[from - 1];
}

/** Lists the times during which questions queued at the origin. Those that touch are one. */
function queuesIn(ledger: readonly LedgerLine[]): readonly Span[] {
  const spans: Span[] = ledger
    .flatMap((line) => (line.event === 'begin' ? [{ from: line.arrivedAt, until: line.at }] : []))
    .filter(({ from, until }) => until - from > AT_ONCE_MS)
    .sort((a, b) => a.from - b.from);
  const merged: Span[] = [];
  for (const span of spans) {
    const last = merged.at(-1);
    if (last && span.from <= last.until)
      merged[merged.length - 1] = { from: last.from, until: Math.max(last.until, span.until) };
    else merged.push(span);
  }
  return merged;
}

/**
 * Says why the strategy's queue grows without end, by the model of {@link queueNeverEmpties}; undefined if it does not. It can
 * be so only where each miss recomputes.
 */
export function whyQueueGrows({ claim, settings }: Claimed): string | undefined {
  const { ratePerSecond, recomputeMs, originCapacity } = settings;
  const eachMissRecomputes =
    (claim.recomputesAtOnce?.(settings) ?? 1) >= (ratePerSecond * recomputeMs) / 1000;
  if (!eachMissRecomputes || !queueNeverEmpties(settings)) return undefined;
  const misses = Math.round(missesPerRecompute(settings));
  return `more join its queue than leave it: λ(δ − TTL) = ${misses}, over 2·${originCapacity} − 1`;
}
