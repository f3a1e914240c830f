import type { StoreMs, WallMs } from '../strategies/contract/index.ts';

/** How a recompute ended. `aborted`: its asker went away. */
export type RecomputeEnding = 'ok' | 'error' | 'aborted';

/** A recompute that began. Times are wall time in ms since the epoch. */
export interface Begun {
  readonly event: 'begin';
  readonly id: number;
  readonly key: string;
  readonly version: number;
  /** The process that asked. */
  readonly by: string;
  /** When the asker found the value missing or due, by the store's clock; absent if it had no store. */
  readonly seenAt?: StoreMs;
  /** When the request arrived, before any queue. */
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

/** Reads the lines of a ledger file. Leaves out a last line that a crash cut short. */
export function parseLedger(text: string): LedgerLine[] {
  return text
    .slice(0, text.lastIndexOf('\n') + 1)
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line) as LedgerLine);
}
