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
  /** The newest version ever committed when it was asked for: which expiry it belongs to. Absent if its asker knew none. */
  readonly replaces?: number;
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
