/** One hot key without any protection, before an origin with a queue. Times in ms. */
export interface QueueModel {
  readonly ratePerSecond: number;
  readonly ttlMs: number;
  readonly recomputeMs: number;
  readonly originCapacity: number;
  readonly forMs: number;
}

export interface QueueSeen {
  /** How long each recompute queued, in the order in which they began. */
  readonly queuedMs: readonly number[];
  /** When each arrived and ended, in the same order. */
  readonly recomputes: readonly { readonly arrivedAt: number; readonly endedAt: number }[];
  /** How many recomputes queued at each arrival. */
  readonly lengths: readonly number[];
}

/**
 * Simulates even arrivals, exact to the fraction of a ms: each finds the value fresh, or joins the origin's queue. Each
 * recompute stores a value that is fresh for the TTL.
 */
export function simulateQueue(model: QueueModel): QueueSeen {
  const { ratePerSecond, ttlMs, recomputeMs, originCapacity, forMs } = model;
  const capacity = originCapacity || Number.POSITIVE_INFINITY;
  const queue: number[] = [];
  const running: { readonly arrivedAt: number; readonly endedAt: number }[] = [];
  const begun: { readonly arrivedAt: number; readonly endedAt: number }[] = [];
  const lengths: number[] = [];
  let freshUntil = Number.NEGATIVE_INFINITY;

  const begin = (arrivedAt: number, at: number) => {
    const recompute = { arrivedAt, endedAt: at + recomputeMs };
    // All take equally long, so they end in the order in which they begin.
    running.push(recompute);
    begun.push(recompute);
  };
  const endUntil = (now: number) => {
    for (let first = running[0]; first && first.endedAt <= now; first = running[0]) {
      running.shift();
      freshUntil = first.endedAt + ttlMs;
      const next = queue.shift();
      if (next !== undefined) begin(next, first.endedAt);
    }
  };
  for (let index = 0; (index * 1000) / ratePerSecond < forMs; index++) {
    const now = (index * 1000) / ratePerSecond;
    endUntil(now);
    if (now >= freshUntil && running.length < capacity) begin(now, now);
    else if (now >= freshUntil) queue.push(now);
    lengths.push(queue.length);
  }
  endUntil(Number.POSITIVE_INFINITY);
  return {
    recomputes: begun,
    queuedMs: begun.map(({ arrivedAt, endedAt }) => endedAt - recomputeMs - arrivedAt),
    lengths,
  };
}
