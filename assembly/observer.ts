import type { StoreUnavailable } from '../strategies/contract/errors.ts';
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

/** An event that a layer saw. */
export type Observation =
  | { readonly saw: 'command'; readonly command: StoreCommand }
  | { readonly saw: 'store-answered' }
  | { readonly saw: 'store-unavailable'; readonly error: StoreUnavailable }
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
  | { readonly saw: 'wait-ended'; readonly key: string }
  | {
      readonly saw: 'committed';
      readonly key: string;
      readonly version: number;
      readonly condition: ConditionName;
      /** The fence that the writer wrote under. */
      readonly fence: number;
      readonly grant: Grant | undefined;
      readonly outcome: Committed<unknown>['outcome'];
      readonly atStoreMs: StoreMs;
    }
  | { readonly saw: 'invalidated'; readonly key: string; readonly fence: number; readonly atStoreMs: StoreMs }
  | { readonly saw: 'recompute-began'; readonly key: string }
  | {
      readonly saw: 'recompute-ended';
      readonly key: string;
      readonly ending: 'ok' | 'error' | 'aborted';
      readonly error?: Error;
    }
  | { readonly saw: 'demand'; readonly keys: number };

/** Receives each event that a layer sees, as it happens. It must not throw. */
export type Observer = (observation: Observation) => void;
