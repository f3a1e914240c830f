/** The conditions that a claim depends on. */
export interface Workload {
  readonly replicas: number;
  readonly ratePerSecond: number;
  readonly ttlMs: number;
  readonly graceMs: number;
  readonly recomputeMs: number;
  /** How many recomputes the origin runs at once; the others queue. 0: no limit. */
  readonly originCapacity: number;
  readonly leaseMs: number;
  readonly beta: number;
  readonly singleFlight: boolean;
  readonly refreshIntervalMs: number;
}

/** What a strategy promises in a healthy cluster. The checks judge each run by it. */
export interface Claim {
  /** Gives the bounds on recomputes per expiry. */
  recomputesPerExpiry(workload: Workload): {
    /** The range of the mean over many expiries. */
    readonly mean: readonly [least: number, most: number];
    /** The most recomputes that a single expiry may see; undefined: no bound. */
    readonly max: number | undefined;
    /**
     * The standard deviation of single expiries, where chance decides. The judge lets the mean of n miss its range by
     * three standard errors.
     */
    readonly deviation?: number;
  };
  /** Gives the most recomputes that fill an empty cache; undefined: no bound. Absent: as many as an expiry may see. */
  coldStart?(workload: Workload): number | undefined;
  /**
   * Gives how many recomputes an expiry may send to the origin before the first of them ends. What is beyond the origin's
   * capacity queues: see {@link claimedQueueMs}. Absent: one, as under a lease.
   */
  recomputesAtOnce?(workload: Workload): number;
  /** Whether no client reads an older value after anybody has read a newer one. */
  readonly monotonic: boolean;
  /** Whether a write is refused once a newer grant exists. */
  readonly fenced: boolean;
  /** Gives how long past its TTL a value may be served while the origin answers. */
  maxStaleMs(workload: Workload): number;
  /**
   * Gives how long after the acknowledgement of an invalidation somebody may still ask and get a value from before it. Absent:
   * not at all.
   */
  olderMs?(workload: Workload): number;
  /**
   * Who waits for a recompute once the cache is filled, other than after an invalidation. `winner`: only the caller that
   * recomputes.
   */
  readonly waits: 'everyone' | 'winner' | 'nobody';
  /** Whether a value may be recomputed before its TTL has passed. */
  readonly early: boolean;
  /** Gives how long before its expiry a value is typically recomputed. With a shorter TTL, the recomputes never pause. */
  leadMs?(workload: Workload): number;
  /**
   * Gives the range in which the median of so many leads lies. A lead is the time from the first recompute of a version to
   * its expiry. By chance the median is outside about once in 10⁵ runs.
   */
  medianLeadMs?(workload: Workload, leads: number): readonly [least: number, most: number];
  /**
   * Whether, with single-flight on, at most one caller per replica waits for another replica's recompute of a key. A
   * refresh in the background counts as a caller.
   */
  readonly oneWaiterPerReplica: boolean;
  /** Whether the value wakes those who wait for it; nobody polls. */
  readonly woken: boolean;
}

/** Gives the most recomputes of the cold start by the claim; Infinity: no bound. */
export function coldStartOf(claim: Claim, workload: Workload): number {
  const most = claim.coldStart ? claim.coldStart(workload) : claim.recomputesPerExpiry(workload).max;
  return most ?? Number.POSITIVE_INFINITY;
}
