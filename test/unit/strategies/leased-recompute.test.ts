import assert from 'node:assert/strict';
import { test } from 'node:test';
import { LeaseLost, OriginFailed, StoreUnavailable } from '../../../strategies/contract/errors.ts';
import type { Cache, Entry, Grant, Lease, Made, Options, Parts } from '../../../strategies/contract/index.ts';
import { recomputeUnderLease } from '../../../strategies/shared/leased-recompute.ts';
import { HandClock } from '../../support/hand-clock.ts';
import { made } from '../../support/leases.ts';

const TERM_MS = 300;
const THIRD_MS = TERM_MS / 3;
const RETRY_MS = 25;
const GRANT: Grant = { token: 'r0:token', fence: 7, atStoreMs: 1, replaces: 3 };
const gone = async () => {
  throw new StoreUnavailable('gone');
};

/** A recompute under way, whose renewals, commit and release answer as the test has it. */
function underWay(given: Partial<Lease<string> & Pick<Cache<string>, 'commit' | 'read'>> = {}) {
  const clock = new HandClock();
  const asked = { renew: 0, commit: 0, released: [] as unknown[] };
  const origin = Promise.withResolvers<Made<string>>();
  let signal: AbortSignal | undefined;
  const parts = {
    clock,
    options: { backoffMs: 40, storeRetryMs: RETRY_MS } as Options,
    lease: {
      ttlMs: TERM_MS,
      renew: async (key: string, grant: Grant) => {
        asked.renew++;
        return given.renew?.(key, grant) ?? true;
      },
      release: async (key: string, grant: Grant, failed?: { backoffMs: number }) => {
        asked.released.push(failed);
        await given.release?.(key, grant, failed);
      },
    },
    cache: {
      read: async () =>
        given.read?.('k') ?? { atStoreMs: 1, fence: GRANT.fence, newestVersion: 3, entry: undefined },
      commit: (...call: Parameters<Cache<string>['commit']>) => {
        asked.commit++;
        const [, value, condition] = call;
        assert.deepEqual(condition, { grant: GRANT });
        const entry = { ...value, fence: GRANT.fence, softTtlMs: 1, hardTtlMs: 2 };
        return given.commit?.(...call) ?? Promise.resolve({ outcome: 'accepted', at: 1, entry });
      },
    },
    origin: {
      recompute: (_key: string, context: { signal?: AbortSignal }) => {
        signal = context.signal;
        signal?.addEventListener('abort', () => origin.reject(signal?.reason));
        return origin.promise;
      },
    },
  } as unknown as Parts<string>;
  const ended = recomputeUnderLease(parts, 'k', GRANT);
  return { clock, asked, origin, ended, aborted: () => signal?.aborted };
}

test('the lease is renewed every third of its term, and no longer than the recompute runs', async () => {
  const { clock, asked, origin, ended } = underWay();
  await clock.advance(THIRD_MS - 1);
  assert.equal(asked.renew, 0);
  await clock.advance(1);
  assert.equal(asked.renew, 1);
  await clock.advance(5 * THIRD_MS);
  assert.equal(asked.renew, 6);
  origin.resolve(made(1));
  assert.equal((await ended).outcome, 'made');
  assert.equal(clock.timers, 0);
  assert.deepEqual(asked.released, [], 'the commit ends the lease');
});

test('a lease that is somebody else’s by now aborts the recompute, and nothing is written', async () => {
  const { clock, asked, ended, aborted } = underWay({ renew: async () => false });
  await clock.advance(THIRD_MS);
  assert.ok(aborted());
  assert.deepEqual(await ended, { outcome: 'overtaken' });
  assert.deepEqual([asked.commit, asked.released], [0, []]);
  assert.equal(clock.timers, 0);
});

test('the recompute is told why it was aborted', async () => {
  const { clock, origin, ended } = underWay({ renew: async () => false });
  const reason = assert.rejects(origin.promise, LeaseLost);
  await clock.advance(THIRD_MS);
  await Promise.all([reason, ended]);
});

test('renewals without an answer count as lost only after a whole term', async () => {
  const { clock, asked, ended, aborted } = underWay({ renew: gone });
  await clock.advance(TERM_MS - 1);
  assert.deepEqual([asked.renew, aborted()], [2, false]);
  await clock.advance(1);
  assert.ok(aborted());
  assert.deepEqual(await ended, { outcome: 'overtaken' });
});

test('a renewal that is known to have arrived starts the whole term from when it was sent', async () => {
  let renewals = 0;
  const { clock, aborted, ended } = underWay({ renew: async () => ++renewals === 2 || gone() });
  await clock.advance(5 * THIRD_MS - 1);
  assert.equal(aborted(), false);
  await clock.advance(1);
  assert.ok(aborted(), 'a term after the second renewal, at two thirds, was sent');
  await ended;
});

test('a refused commit is not an answer', async () => {
  const { origin, ended } = underWay({ commit: async () => ({ outcome: 'fenced', atStoreMs: 1 }) });
  origin.resolve(made(1));
  assert.deepEqual(await ended, { outcome: 'overtaken' });
});

test('a store that is gone at the commit does not take the value from who made it', async () => {
  const { origin, ended } = underWay({ commit: gone });
  origin.resolve(made(1));
  const ending = await ended;
  assert.ok(ending.outcome === 'made');
  assert.deepEqual(ending.entry, { ...made(1), fence: GRANT.fence, softTtlMs: 0, hardTtlMs: 0 });
});

test('a commit without an answer is sent again until the store decides, and for no longer than a term', async () => {
  for (const answered of [1, 3, Number.POSITIVE_INFINITY]) {
    let left = answered;
    const accepted = { outcome: 'accepted' as const, atStoreMs: 1, entry: {} as Entry<string> };
    const { clock, asked, origin, ended } = underWay({
      commit: async () => (left-- > 0 ? gone() : accepted),
    });
    origin.resolve(made(1));
    assert.equal((await ended).outcome, 'made');
    await clock.advance(0);
    await clock.advance(2 * TERM_MS);
    assert.equal(asked.commit, Math.min(answered, TERM_MS / RETRY_MS) + 1);
    assert.deepEqual(asked.released, answered < 10 ? [] : [undefined]);
    assert.equal(clock.timers, 0);
  }
});

test('a commit that has arrived, or that a newer fence refuses, is not sent again', async () => {
  const look = { atStoreMs: 1, newestVersion: 3 };
  const entry = { ...made(1), fence: GRANT.fence, softTtlMs: 1, hardTtlMs: 2 };
  for (const found of [entry, undefined]) {
    const seen = { ...look, fence: GRANT.fence + 1, entry: found };
    const { clock, asked, origin, ended } = underWay({ commit: gone, read: async () => seen });
    origin.resolve(made(1));
    await ended;
    await clock.advance(0);
    await clock.advance(2 * TERM_MS);
    assert.deepEqual([asked.commit, asked.released, clock.timers], [1, [undefined], 0]);
  }
});

test('a failing origin is left alone by the fleet, even when that cannot be told', async () => {
  for (const release of [undefined, gone]) {
    const { asked, origin, ended, clock } = underWay(release ? { release } : {});
    const error = new OriginFailed('failed');
    origin.reject(error);
    assert.deepEqual(await ended, { outcome: 'failed', error });
    assert.deepEqual([asked.commit, asked.released], [0, [{ backoffMs: 40 }]]);
    assert.equal(clock.timers, 0);
  }
});

test('a mistake in the recompute is not swallowed, and leaves no lease behind', async () => {
  const { asked, origin, ended } = underWay();
  origin.reject(new TypeError('a mistake'));
  await assert.rejects(ended, TypeError);
  assert.equal(asked.released.length, 1);
});
