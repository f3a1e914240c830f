import type { WallMs } from '../strategies/contract/index.ts';

/** How a scheduled request ended. `unsent`: its connection was still busy with the one before. */
export type RequestEnding = 'ok' | 'error' | 'timeout' | 'unsent';

/** One scheduled request. Times are wall time in ms since the epoch, with a fraction. */
export interface Arrival {
  /** When it was due: latency counts from here, so that a late injector hides nothing. */
  readonly dueAt: WallMs;
  readonly sentAt?: WallMs;
  readonly endedAt?: WallMs;
  readonly ending: RequestEnding;
  readonly status?: number;
  /** What the answer said of itself. */
  readonly by?: string;
  readonly served?: string;
  readonly version?: number;
  readonly degraded?: boolean;
  /** When the replica had the answer, by its own clock. */
  readonly answeredAt?: WallMs;
  /** The proxy that answered, and how it came by it: see cache-status.ts. */
  readonly via?: string;
  readonly cache?: 'hit' | 'stale' | 'fwd';
  /** Whom it was sent to, and why it failed. */
  readonly to?: string;
  readonly why?: string;
  /** How many arrivals this line stands for, where the history was thinned. */
  readonly weight?: number;
}
