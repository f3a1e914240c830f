import type { Claim, Workload } from './claim.ts';

/** Gives how long anybody waits for a recompute before giving up: 10 s, or as long as two of them. */
export const patienceMsFor = ({
  recomputeMs,
  recomputeJitter,
}: Pick<Workload, 'recomputeMs'> & { readonly recomputeJitter: number }): number =>
  Math.max(10_000, Math.ceil(2 * recomputeMs * (1 + recomputeJitter)));

/** What a queue at the origin depends on. */
type Origin = Pick<Workload, 'recomputeMs' | 'originCapacity'>;

/**
 * Gives how long the last of so many recomputes queues at the origin if all of them arrive at once: ⌊(n − 1)/c⌋·δ, with c
 * for the capacity and δ for the recompute. If they arrive later, or a recompute takes less than δ, it queues no longer.
 */
export const longestQueueMs = (recomputes: number, { recomputeMs, originCapacity }: Origin): number =>
  recomputes < 1 || originCapacity === 0 ? 0 : Math.floor((recomputes - 1) / originCapacity) * recomputeMs;

/** Gives how long a recompute queues at most at the origin by the strategy's claim. */
export const claimedQueueMs = (claim: Claim, workload: Workload): number =>
  longestQueueMs(Math.ceil(claim.recomputesAtOnce?.(workload) ?? 1), workload);

/**
 * Tells whether the queue of a strategy without any protection grows without end. In each δ the origin serves c recomputes,
 * and the commits keep the value fresh for the TTL and for the time over which they spread: (c − 1)/λ if requests arrive
 * evenly. In the rest of δ every request misses and joins the queue: λ(δ − TTL) − (c − 1) of them. If they are more than c,
 * that is if λ(δ − TTL) > 2c − 1, the queue never empties. It holds for recomputes of equal length. If their length varies,
 * or a busy machine delays some, the commits spread over all of δ, and the queue may still empty.
 */
export const queueNeverEmpties = ({
  ratePerSecond,
  ttlMs,
  recomputeMs,
  originCapacity,
}: Origin & Pick<Workload, 'ratePerSecond' | 'ttlMs'>): boolean =>
  originCapacity > 0 && missesPerRecompute({ ratePerSecond, ttlMs, recomputeMs }) > 2 * originCapacity - 1;

/** Gives λ(δ − TTL), the requests that come between the end of a value's life and the end of a recompute; 0 if δ ≤ TTL. */
export const missesPerRecompute = ({
  ratePerSecond,
  ttlMs,
  recomputeMs,
}: Pick<Workload, 'ratePerSecond' | 'ttlMs' | 'recomputeMs'>): number =>
  (ratePerSecond * Math.max(0, recomputeMs - ttlMs)) / 1000;
