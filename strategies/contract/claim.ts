/** What a claim is computed for. */
export interface Workload {
  readonly replicas: number;
  readonly ratePerSecond: number;
  readonly ttlMs: number;
  readonly graceMs: number;
  readonly recomputeMs: number;
  readonly leaseMs: number;
  readonly beta: number;
  readonly singleFlight: boolean;
  readonly refreshIntervalMs: number;
}

/** What a strategy promises in a healthy cluster; the checks hold it to this. */
export interface Claim {
  /** Recomputes an expiry. */
  recomputesPerExpiry(setting: Workload): {
    /** The range of the mean over many expiries. */
    readonly mean: readonly [least: number, most: number];
    /** The most any single expiry may see; undefined: no bound. */
    readonly max: number | undefined;
    /** How far single expiries scatter where chance decides: a mean over few of them may miss its range by as much. */
    readonly deviation?: number;
  };
  /** No client reads an older value after a newer one was answered. */
  readonly monotonic: boolean;
  /** Writes are refused once a newer grant exists. */
  readonly fenced: boolean;
  /** The longest time past its TTL that a value is served while the origin answers. */
  maxStaleMs(setting: Workload): number;
  /** Who waits for a recompute once the cache has been filled; `winner`: only whoever recomputes. */
  readonly waits: 'everyone' | 'winner' | 'nobody';
  /** Whether a value may be recomputed before its TTL has passed. */
  readonly early: boolean;
  /** How long before its time a value is typically recomputed; a TTL that this fills would be refreshed without pause. */
  leadMs?(setting: Workload): number;
  /** With single-flight on, one caller a replica at most waits for another replica's recompute of a key, the background included. */
  readonly oneWaiterAReplica: boolean;
  /** Whoever waits is woken by the value; nobody looks again on a timer. */
  readonly woken: boolean;
}
