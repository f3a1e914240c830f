import type { StoreMs, WallMs } from '../strategies/contract/index.ts';

/** What a replica records for the judge. `storeAt` is the store's clock, in which the order of commits is exact. */
export type Event =
  | { event: 'granted'; key: string; fence: number; token: string; storeAt: StoreMs }
  | {
      event: 'commit';
      key: string;
      version: number;
      fence: number;
      outcome: 'accepted' | 'fenced';
      storeAt: StoreMs;
    }
  | { event: 'invalidated'; key: string; fence: number; storeAt: StoreMs }
  /** A wait for another replica's recompute begins; `atOnce` such waits are under way in this replica now. */
  | { event: 'waiting'; key: string; atOnce: number }
  | { event: 'lease-lost'; key: string; fence: number }
  | { event: 'released'; key: string; fence: number; failed: boolean }
  | { event: 'recompute-failed'; key: string; why: string }
  | { event: 'store-unavailable'; why: string }
  /** With the Redis server of this `run_id`, since then: in a failover not everybody's is the same. Wall time in ms. */
  | { event: 'connected'; server: string; since: WallMs }
  /** It listens; told to stop; about to end, `drained`: nobody was cut off, nothing left half done. */
  | { event: 'started'; pid: number }
  | { event: 'draining'; pid: number }
  | { event: 'stopped'; pid: number; drained: boolean };

/** An event as it stands in a journal: wall time in ms, and who recorded it. */
export type RecordedEvent = Event & { at: WallMs; by: string };
