import type { StoreMs, WallMs } from '../strategies/contract/index.ts';

/**
 * An event that a replica records for the judge. `storeAt` is by the store's clock, which orders commits exactly. `op` is
 * the number of an operation: the events of its beginning and its end share it, and no other operation in the same
 * journal has it. An operation without an end was under way when its process ended.
 */
export type Event = LeaseEvent | RecomputeEvent | CommitEvent | WaitEvent | ProcessEvent;

/** What became of a lease. */
export type LeaseEvent =
  | { event: 'granted'; key: string; fence: number; token: string; storeAt: StoreMs }
  /** Somebody else holds the lease, which may run out in `retryAfterMs`. `fence`: the newest of the key. */
  | { event: 'held'; key: string; fence: number; retryAfterMs: number }
  /** The fleet leaves the origin alone for `retryAfterMs`, after so many failures in a row. */
  | { event: 'backing-off'; key: string; retryAfterMs: number; failures: number }
  /** The term of the lease started again. */
  | { event: 'renewed'; key: string; fence: number }
  /** The lease has ended, or somebody else holds it. */
  | { event: 'lease-lost'; key: string; fence: number }
  | { event: 'released'; key: string; fence: number; failed: boolean };

/** A call of the origin. */
export type RecomputeEvent =
  /** It is about to be sent. `replaces`: the newest version ever committed by then; absent without a store. */
  | { event: 'recompute'; key: string; op: number; replaces?: number }
  /** The origin answered with this version. */
  | { event: 'recompute-ended'; key: string; op: number; outcome: 'ok'; version: number }
  /** `fail`: the origin said that it failed. `unknown`: it did not answer; the call was aborted, late or cut off. */
  | { event: 'recompute-ended'; key: string; op: number; outcome: 'fail' | 'unknown'; why: string };

/** A write to the store. Without a lease, `fence` is the one that the writer saw, or minted with the write; 0: it has none. */
export type CommitEvent =
  /** It is about to be sent. `replaces`: as the grant told it; absent without a lease. */
  | { event: 'committing'; key: string; op: number; version: number; fence: number; replaces?: number }
  | DecidedCommit
  /** `fail`: the store answered that it cannot write now. `unknown`: it did not answer; nobody knows whether it has the value. */
  | {
      event: 'commit';
      key: string;
      op: number;
      version: number;
      fence: number;
      outcome: 'fail' | 'unknown';
      why: string;
    }
  | { event: 'invalidated'; key: string; fence: number; storeAt: StoreMs };

/** The store's decision on a write. */
export interface DecidedCommit {
  event: 'commit';
  key: string;
  op: number;
  version: number;
  fence: number;
  outcome: 'accepted' | 'fenced';
  storeAt: StoreMs;
}

/** A wait for another replica's recompute. */
export type WaitEvent =
  /** It begins. `atOnce`: how many such waits this replica has now. */
  | { event: 'waiting'; key: string; atOnce: number }
  /** A fill under this fence was heard and ended the wait. */
  | { event: 'woken'; key: string; fence: number }
  /** It ended: with a fill, with a reason to look again (a failure, a release, a new connection), or by its time. */
  | { event: 'waited'; key: string; waitedMs: number; outcome: 'filled' | 'look-again' | 'timed-out' };

/** What a process says of itself and of its connection to the store. */
export type ProcessEvent =
  | { event: 'store-unavailable'; why: string }
  /** No lease can be had: the lock servers are gone, or the store refuses writes. */
  | { event: 'lease-unavailable'; why: string }
  /** Connected to the Redis server with this `run_id` since then, in wall time. In a failover replicas may differ. */
  | { event: 'connected'; server: string; since: WallMs }
  /** The process listens; has a signal to stop; is about to end. `drained`: it cut nobody off and left nothing half done. */
  | { event: 'started'; pid: number }
  | { event: 'draining'; pid: number }
  | { event: 'stopped'; pid: number; drained: boolean }
  /** The process did nothing for so long, at least 25 ms, until now: it was blocked, frozen or starved. */
  | { event: 'stalled'; forMs: number };

/** An event in a journal, with its wall time in ms and the process that recorded it. */
export type RecordedEvent = Event & { at: WallMs; by: string };

/** Tells whether the event is the store's decision on a write. */
export const isDecidedCommit = <E extends { readonly event: string; readonly outcome?: unknown }>(
  event: E,
): event is E & DecidedCommit =>
  event.event === 'commit' && event.outcome !== 'unknown' && event.outcome !== 'fail';
