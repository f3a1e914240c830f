import type { StoreMs, WallMs } from '../strategies/contract/index.ts';

/** How a recompute ended. `aborted`: whoever asked went away. */
export type RecomputeEnding = 'ok' | 'error' | 'aborted';

/** A recompute that began. Times are wall time in ms since the epoch. */
export interface Begun {
  readonly event: 'begin';
  readonly id: number;
  readonly key: string;
  readonly version: number;
  /** Who asked. */
  readonly by: string;
  /** The store's clock when the asker found the value missing or due; absent when it had no store to ask. */
  readonly seenAt?: StoreMs;
  /** When the question came, before any queue. */
  readonly arrivedAt: WallMs;
  readonly at: WallMs;
}

export interface Ended {
  readonly event: 'end';
  readonly id: number;
  readonly at: WallMs;
  readonly ending: RecomputeEnding;
}

export type LedgerLine = Begun | Ended;

/** The lines of a ledger file; a last line cut short by a crash is left out. */
export function parseLedger(text: string): LedgerLine[] {
  return text
    .slice(0, text.lastIndexOf('\n') + 1)
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line) as LedgerLine);
}
