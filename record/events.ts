import type { StoreMs, WallMs } from '../strategies/contract/index.ts';

/** An event that a replica records for the judge. `storeAt` is by the store's clock, which orders commits exactly. */
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
  /** A wait for another replica's recompute begins. `atOnce`: how many such waits this replica has now. */
  | { event: 'waiting'; key: string; atOnce: number }
  | { event: 'lease-lost'; key: string; fence: number }
  | { event: 'released'; key: string; fence: number; failed: boolean }
  | { event: 'recompute-failed'; key: string; why: string }
  | { event: 'store-unavailable'; why: string }
  /** Connected to the Redis server with this `run_id` since then, in wall time. In a failover replicas may differ. */
  | { event: 'connected'; server: string; since: WallMs }
  /** The process listens; has a signal to stop; is about to end. `drained`: it cut nobody off and left nothing half done. */
  | { event: 'started'; pid: number }
  | { event: 'draining'; pid: number }
  | { event: 'stopped'; pid: number; drained: boolean };

/** An event in a journal, with its wall time in ms and the process that recorded it. */
export type RecordedEvent = Event & { at: WallMs; by: string };
