import type { WallMs } from '../strategies/contract/index.ts';

/** Why a request failed whose client hung up, since the lab told it to. */
export const HUNG_UP = 'the client hung up';

/** What an answer with status 200 lacks if the judge cannot tell which value it has. */
export const NO_VERSION = 'no version';

/** How an answer of a user's own service is served, unless it says so in one of the strategies' words. */
export const ANSWERED = 'answered';

/** How a scheduled request ended. `unsent`: no connection was free. */
export type RequestEnding = 'ok' | 'error' | 'timeout' | 'unsent';

/** One scheduled request. Times are wall time in ms since the epoch, with a fraction. */
export interface Arrival {
  /** When it was due. Latency counts from here, so that a late injector hides nothing. */
  readonly dueAt: WallMs;
  readonly sentAt?: WallMs;
  readonly endedAt?: WallMs;
  readonly ending: RequestEnding;
  readonly status?: number;
  /** What the answer says about itself. */
  readonly by?: string;
  readonly served?: string;
  readonly version?: number;
  readonly degraded?: boolean;
  /** When the replica had the answer, by its own clock. */
  readonly answeredAt?: WallMs;
  /** How long the replica took, from the request's arrival there. Absent if another answer was served again. In ms. */
  readonly tookMs?: number;
  /** The proxy that answered, and where it had the answer from: see cache-status.ts. */
  readonly via?: string;
  readonly cache?: 'hit' | 'stale' | 'fwd';
  /** Where it was sent, and why it failed. */
  readonly to?: string;
  readonly why?: string;
}
