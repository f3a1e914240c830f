import { type Answer, isStored } from '../../strategies/contract.ts';

const seconds = (ms: number) => Math.floor(ms / 1000);

/**
 * The standard caching headers of an answer: `Age` and `Cache-Control` (RFC 9111), `stale-if-error` (RFC 5861) and
 * `Cache-Status` (RFC 9211). The age is counted from the time left, as the store told it, so no two clocks are compared.
 */
export function cachingHeaders<V>(answer: Answer<V>, { ttlMs, graceMs }: { ttlMs: number; graceMs: number }) {
  const { softTtlMs } = answer.entry;
  if (!isStored(answer.entry)) {
    return {
      age: '0',
      'cache-control': 'no-store',
      'cache-status': 'dogpile; fwd=bypass; detail=degraded',
    };
  }
  return {
    age: String(seconds(Math.max(0, ttlMs - softTtlMs))),
    'cache-control': `max-age=${seconds(ttlMs)}, stale-if-error=${seconds(graceMs)}`,
    'cache-status': `dogpile; ${cacheStatus(answer.served)}; ttl=${seconds(softTtlMs)}`,
  };
}

function cacheStatus(served: Answer<unknown>['served']): string {
  switch (served) {
    case 'hit':
      return 'hit';
    case 'stale':
      return 'hit; detail=stale';
    case 'early':
      return 'fwd=stale; stored; detail=early';
    case 'waited':
      return 'fwd=miss; collapsed';
    case 'recomputed':
      return 'fwd=miss; stored';
  }
}
