import type { Cache, Lease } from '../../../strategies/contract/index.ts';

export interface LeaseSettings {
  readonly leaseMs: number;
  readonly rememberFailuresMs: number;
  readonly ttlMs: number;
  readonly graceMs: number;
}

/** Two processes' leases over one store, and what a test does to it from outside. */
export interface LeaseStage {
  readonly lease: Lease<string>;
  readonly other: Lease<string>;
  /** The values that the leases guard. */
  readonly cache: Cache<string>;
  /** The store forgets which fences it has minted for the key, and nothing else. */
  forgetFences(key: string): Promise<void>;
  /** Ends every connection that listens for wake-ups; resolves once they are cut, not once they are back. */
  cutListeners(): Promise<void>;
  /** Whether every lease with a watch on the key hears it. */
  listening(key: string): Promise<boolean>;
  close(): Promise<void>;
}

export type MakeLeaseStage = (settings?: Partial<LeaseSettings>) => Promise<LeaseStage>;
