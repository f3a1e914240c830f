import type { Entry, Workload } from '../contract/index.ts';

/** Draws whether this reader recomputes now: δ·β·(−ln u) ≥ time left, u uniform in (0, 1]. */
export const isDueEarly = <V>(entry: Entry<V>, beta: number, random: () => number): boolean =>
  -entry.recomputeMs * beta * Math.log(1 - random()) >= entry.softTtlMs;

/** Gives the fleet's recomputes per expiry without single-flight, for λδ ≫ 1: e^(1/β), whatever the rate and the fleet. */
export const expectedRecomputes = (beta: number): number => Math.exp(1 / beta);

/**
 * Gives how long before its expiry a value is typically recomputed: βδ·ln(λβδ). With a shorter TTL, recomputes never
 * pause.
 */
export function leadMs({
  beta,
  recomputeMs,
  ratePerSecond,
}: Pick<Workload, 'beta' | 'recomputeMs' | 'ratePerSecond'>): number {
  const spread = beta * recomputeMs;
  return spread * Math.max(0, Math.log((ratePerSecond * spread) / 1000));
}

/** How often chance alone may put a median lead outside of its range: half of this on either side. */
const OUTSIDE_BY_CHANCE = 1e-5;
/** More leads allow a narrower range, in which a busy machine's delays would count. */
const MOST_LEADS = 10;

/**
 * Gives the range of the median of so many leads, each from the first recompute of a version to its expiry. With λβδ ≫ 1 the
 * leads follow the Gumbel law: P(lead ≤ βδ(ln λβδ + c)) = exp(−e^(−c)), since the requests that come with more time left
 * than t draw λβδ·e^(−t/βδ) recomputes on average. For 10 leads the range is βδ(ln λβδ − 1.26) to βδ(ln λβδ + 3.50). With fewer
 * it is wider, so that chance alone leaves it as seldom.
 */
export function medianLeadMs(
  { beta, recomputeMs, ratePerSecond }: Pick<Workload, 'beta' | 'recomputeMs' | 'ratePerSecond'>,
  leads: number,
): readonly [least: number, most: number] {
  const spread = beta * recomputeMs;
  const typical = Math.log((ratePerSecond * spread) / 1000);
  const share = shareBeyond(Math.min(leads, MOST_LEADS));
  return [
    spread * (typical - Math.log(-Math.log(share))),
    spread * (typical - Math.log(-Math.log(1 - share))),
  ];
}

/** Gives the share of single leads beyond a bound with which half of n leads are beyond it as seldom as chance may be. */
function shareBeyond(n: number): number {
  const half = Math.ceil(n / 2);
  let [low, high] = [0, 0.5];
  for (let round = 0; round < 50; round++) {
    const middle = (low + high) / 2;
    if (atLeast(half, n, middle) > OUTSIDE_BY_CHANCE / 2) high = middle;
    else low = middle;
  }
  return low;
}

/** Gives the probability that at least k of n happen, each with probability p: the tail of the binomial distribution. */
function atLeast(k: number, n: number, p: number): number {
  let [tail, ways] = [0, 1];
  for (let count = 0; count <= n; count++) {
    if (count >= k) tail += ways * p ** count * (1 - p) ** (n - count);
    ways = (ways * (n - count)) / (count + 1);
  }
  return tail;
}
