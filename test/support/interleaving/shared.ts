import type { IoRedisPort } from '../../../backends/redis/ioredis/connection.ts';
import type { History } from './history.ts';
import type { Steps } from './steps.ts';

export const KEY = 'k';
/** So long that nothing runs out by real time: what runs out is decided, too. */
export const TTL_MS = 1_000_000;

/** What is to go wrong next, and what that has left behind. */
interface Faults {
  originFailures: number;
  readonly lostRequest: Set<number>;
  readonly lostReply: Set<number>;
  /** The replicas whose next acquire finds no lock server. */
  readonly noLease: Set<number>;
  /** Somebody is granted a lease, or has done with it, and does not know: it has to run out. */
  leaseAbandoned: boolean;
}

/** What the replicas of a run share. */
export interface Shared {
  readonly redis: IoRedisPort;
  readonly steps: Steps;
  readonly history: History;
  readonly seed: number;
  /** Nobody is early, and no wait ends by its time. */
  readonly calm: boolean;
  readonly faults: Faults;
  now: number;
}
