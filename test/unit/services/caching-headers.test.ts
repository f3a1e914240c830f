import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { cachingHeaders, cachingHeadersFor, type Freshness } from '../../../services/app/caching-headers.ts';
import type { Answer } from '../../../strategies/contract/index.ts';

const RIGHT: Freshness = { ttlMs: 3000, graceMs: 30_000, proxyGraceMs: 0, headers: 'right' };

const answer = (softTtlMs: number, served: Answer<string>['served'] = 'hit', hardTtlMs = 30_000) => ({
  entry: { value: 'v', version: 1, computedWallMs: 0, recomputeMs: 200, fence: 0, softTtlMs, hardTtlMs },
  served,
});

const directives = (headers: Record<string, string>) =>
  Object.fromEntries(
    (headers['cache-control'] ?? '').split(', ').map((one) => {
      const [name = '', seconds] = one.split('=');
      return [name, seconds === undefined ? true : Number(seconds)];
    }),
  );

/** How long a cache keeps the answer from now on, as RFC 9111, 4.2 reckons: its lifetime less its age. */
const keptSeconds = (headers: Record<string, string>) =>
  Number(directives(headers)['max-age']) - Number(headers.age);

describe('the caching headers of an answer', () => {
  it('have a cache keep it as long as the store does, or less than a second longer', () =>
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 3600 }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (ttl, share) => {
          const ttlMs = ttl * 1000;
          const softTtlMs = Math.round(ttlMs * share);
          const excess =
            keptSeconds(cachingHeaders(answer(softTtlMs), { ...RIGHT, ttlMs })) - softTtlMs / 1000;
          assert.ok(excess >= 0 && excess < 1, `${excess}`);
        },
      ),
    ));

  it('have no cache keep what is past its time', () =>
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 30_000 }), (pastMs) => {
        assert.ok(keptSeconds(cachingHeaders(answer(-pastMs, 'stale'), RIGHT)) <= 0);
      }),
    ));

  it('allow for staleness by RFC 5861, as long as they are told to and no longer', () => {
    assert.deepEqual(directives(cachingHeaders(answer(3000), RIGHT)), { 'max-age': 3, 'stale-if-error': 30 });
    assert.deepEqual(directives(cachingHeaders(answer(3000), { ...RIGHT, proxyGraceMs: 10_000 })), {
      'max-age': 3,
      'stale-while-revalidate': 10,
      'stale-if-error': 30,
    });
  });

  it('have no cache keep what was made without the store', () => {
    const headers = cachingHeaders(answer(0, 'recomputed', 0), { ...RIGHT, proxyGraceMs: 10_000 });
    assert.equal(headers['cache-control'], 'no-store');
  });

  it('say how it was served, by RFC 9211', () => {
    const status = (served: Answer<string>['served']) =>
      cachingHeaders(answer(2500, served), RIGHT)['cache-status'];
    assert.equal(status('hit'), 'dogpile; hit; ttl=2');
    assert.equal(status('recomputed'), 'dogpile; fwd=miss; stored; ttl=2');
    assert.equal(status('waited'), 'dogpile; fwd=miss; collapsed; ttl=2');
  });

  it('are wrong where they are told to be', () => {
    assert.equal(
      cachingHeaders(answer(3000), { ...RIGHT, headers: 'no-store' })['cache-control'],
      'no-store',
    );
    assert.ok(!('cache-control' in cachingHeaders(answer(3000), { ...RIGHT, headers: 'no-max-age' })));
  });
});

it('headers that are made anew only when they change are always those of the answer', () => {
  const headersOf = cachingHeadersFor<string>(RIGHT);
  const made = new Set<object>();
  for (let softTtlMs = RIGHT.ttlMs; softTtlMs > 0; softTtlMs -= 7)
    for (const served of ['hit', 'waited'] as const) {
      const headers = headersOf(answer(softTtlMs, served));
      assert.deepEqual(headers, cachingHeaders(answer(softTtlMs, served), RIGHT));
      if (served === 'hit') made.add(headers);
    }
  assert.deepEqual(headersOf(answer(0, 'hit', 0)), cachingHeaders(answer(0, 'hit', 0), RIGHT));
  assert.ok(made.size <= 2 * (RIGHT.ttlMs / 1000) + 1, `${made.size}`);
});
