import type { AppHeaders } from '../../record/settings.ts';
import { type Answer, isStored } from '../../strategies/contract/index.ts';

const seconds = (ms: number) => Math.floor(ms / 1000);

export interface Freshness {
  readonly ttlMs: number;
  /** `stale-if-error`: how long past its TTL a cache may serve a value while it cannot get a new one. */
  readonly graceMs: number;
  /** `stale-while-revalidate`: how long past its TTL a cache may serve a value while it fetches a new one. 0: not at all. */
  readonly proxyGraceMs: number;
  readonly headers: AppHeaders;
}

/**
 * Gives the standard caching headers of an answer: `Age` and `Cache-Control` (RFC 9111), `stale-while-revalidate` and
 * `stale-if-error` (RFC 5861) and `Cache-Status` (RFC 9211). The age is the TTL minus the time left by the store, so no
 * two clocks are compared. It is rounded down to whole seconds: a cache keeps a value less than a second too long.
 */
export function cachingHeaders<V>(answer: Answer<V>, freshness: Freshness): Record<string, string> {
  const { softTtlMs } = answer.entry;
  if (!isStored(answer.entry)) {
    return {
      age: '0',
      'cache-control': 'no-store',
      'cache-status': 'dogpile; fwd=bypass; detail=degraded',
    };
  }
  const control = cacheControl(freshness);
  return {
    age: String(ageSeconds(softTtlMs, freshness)),
    ...(control && { 'cache-control': control }),
    'cache-status': `dogpile; ${cacheStatus(answer.served)}; ttl=${seconds(softTtlMs)}`,
  };
}

/**
 * Gives {@link cachingHeaders}, which makes the headers of a hit only when they change, that is twice per second. Node
 * checks new strings character by character.
 */
export function cachingHeadersFor<V>(freshness: Freshness): (answer: Answer<V>) => Record<string, string> {
  let last = { age: Number.NaN, ttl: Number.NaN, headers: {} as Record<string, string> };
  return (answer) => {
    const { entry, served } = answer;
    if (served !== 'hit' || !isStored(entry)) return cachingHeaders(answer, freshness);
    const [age, ttl] = [ageSeconds(entry.softTtlMs, freshness), seconds(entry.softTtlMs)];
    if (age !== last.age || ttl !== last.ttl) last = { age, ttl, headers: cachingHeaders(answer, freshness) };
    return last.headers;
  };
}

const ageSeconds = (softTtlMs: number, { ttlMs }: Freshness): number =>
  seconds(Math.max(0, ttlMs - softTtlMs));

function cacheControl({ ttlMs, graceMs, proxyGraceMs, headers }: Freshness): string | undefined {
  if (headers === 'no-max-age') return undefined;
  if (headers === 'no-store') return 'no-store';
  const revalidating = proxyGraceMs > 0 ? `stale-while-revalidate=${seconds(proxyGraceMs)}, ` : '';
  return `max-age=${seconds(ttlMs)}, ${revalidating}stale-if-error=${seconds(graceMs)}`;
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
