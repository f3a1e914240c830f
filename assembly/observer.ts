import type { LeaseUnavailable, StoreUnavailable } from '../strategies/contract/errors.ts';
import type { Acquired, Committed, Grant, StoreMs } from '../strategies/contract/index.ts';

export const STORE_COMMANDS = [
  'read',
  'commit',
  'invalidate',
  'acquire',
  'renew',
  'release',
  'note',
  'wanted',
] as const;
/** The name of a command to the store. */
export type StoreCommand = (typeof STORE_COMMANDS)[number];

export const CONDITIONS = ['grant', 'seen-fence', 'always'] as const;
/** The name of a write's condition. */
export type ConditionName = (typeof CONDITIONS)[number];

/** A write of a value. */
export interface Write {
  readonly key: string;
  /** The number of the operation. */
  readonly op: number;
  readonly version: number;
  readonly condition: ConditionName;
  /** The fence that the writer was granted or has seen, or minted with an accepted write; 0 under `always`. */
  readonly fence: number;
  readonly grant: Grant | undefined;
}

/** How a recompute ended for its caller (`ending`), and at the origin (`outcome`): `unknown` if that did not answer. */
export type RecomputeEnd =
  | { readonly ending: 'ok'; readonly outcome: 'ok'; readonly version: number }
  | { readonly ending: 'error' | 'aborted'; readonly outcome: 'fail' | 'unknown'; readonly error: Error };

/** How a wait ended: with a fill, with a reason to look again, or by its time. */
export type WaitOutcome = 'filled' | 'look-again' | 'timed-out';

/** An event that a layer saw. */
export type Observation =
  | { readonly saw: 'command'; readonly command: StoreCommand }
  | { readonly saw: 'store-answered' }
  | { readonly saw: 'store-unavailable'; readonly command: StoreCommand; readonly error: StoreUnavailable }
  /** No lease can be had, though values may still be read. */
  | { readonly saw: 'lease-unavailable'; readonly error: LeaseUnavailable }
  | {
      readonly saw: 'acquired';
      readonly key: string;
      readonly acquired: Acquired<unknown>;
      /** Whether the previous holder's term ran out while this process waited. */
      readonly takesOver: boolean;
      readonly leaseMs: number;
    }
  | {
      readonly saw: 'renewed';
      readonly key: string;
      readonly grant: Grant;
      readonly kept: boolean;
      readonly leaseMs: number;
    }
  | { readonly saw: 'released'; readonly key: string; readonly grant: Grant; readonly failed: boolean }
  /** A wait for another process's recompute begins. `atOnce`: how many waits for the key this process has now. */
  | { readonly saw: 'wait-began'; readonly key: string; readonly atOnce: number }
  | {
      readonly saw: 'wait-ended';
      readonly key: string;
      readonly waitedMs: number;
      readonly outcome: WaitOutcome;
      /** The fence of the fill that ended the wait. */
      readonly fence: number | undefined;
    }
  /** A write is about to be sent. */
  | ({ readonly saw: 'commit-began' } & Write)
  | ({
      readonly saw: 'committed';
      readonly outcome: Committed<unknown>['outcome'];
      readonly atStoreMs: StoreMs;
    } & Write)
  /** The store did not answer a write, so nobody knows whether it has it. */
  | ({ readonly saw: 'commit-unanswered'; readonly error: Error } & Write)
  | { readonly saw: 'invalidated'; readonly key: string; readonly fence: number; readonly atStoreMs: StoreMs }
  /** A recompute is about to be asked for. `replaces`: as in the contract's `RecomputeContext`. */
  | {
      readonly saw: 'recompute-began';
      readonly key: string;
      readonly op: number;
      readonly replaces: number | undefined;
    }
  | ({ readonly saw: 'recompute-ended'; readonly key: string; readonly op: number } & RecomputeEnd)
  | { readonly saw: 'demand'; readonly keys: number };

/** Receives each event that a layer sees, as it happens. It must not throw. */
export type Observer = (observation: Observation) => void;
