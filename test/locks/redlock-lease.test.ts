import assert from 'node:assert/strict';
import { describe, type TestContext, test } from 'node:test';
import { Redis } from 'ioredis';
import { StoreUnavailable } from '../../strategies/contract/errors.ts';
import type { Grant } from '../../strategies/contract/index.ts';
import { leaseContract } from '../suites/lease-contract.ts';
import { fill, granted, made, refused } from '../support/leases.ts';
import { type RedisLockServers, startRedisLockServers } from '../support/lock-servers.ts';
import { type MutexStage, startMutexStage } from '../support/mutex-stage.ts';
import { SOON_MS, until, within } from '../support/within.ts';

const LONG_MS = 60_000;
type Settings = Parameters<typeof startMutexStage>[2];
const start = (settings?: Settings) => startMutexStage('redlock', startRedisLockServers, settings);

leaseContract('redlock-lease', start);

describe('redlock on five servers', () => {
  async function stageFor(t: TestContext, settings: Settings = {}) {
    const stage = await start({ leaseMs: LONG_MS, ...settings });
    t.after(stage.close);
    return stage;
  }

  test('with two of five killed a lease is granted, held, renewed and released as ever', async (t) => {
    const stage = await stageFor(t);
    await stage.servers.kill(0, 3);
    const grant = await granted(stage.lease, 'k');
    const held = await refused('held', stage.other, 'k');
    assert.ok(held.retryAfterMs > LONG_MS / 2, `held by a majority of those left: ${held.retryAfterMs} ms`);
    assert.equal(await stage.lease.renew('k', grant), true);
    await stage.lease.release('k', grant);
    await granted(stage.other, 'k');
  });

  test('with three of five killed the store is unavailable, at once', async (t) => {
    const stage = await stageFor(t);
    const grant = await granted(stage.lease, 'held');
    await stage.servers.kill(0, 1, 4);
    await until('the connections to be lost', () => !stage.mutexes[0].ready() && !stage.mutexes[1].ready());
    await within(SOON_MS, 'the refusal', assert.rejects(stage.other.acquire('k'), StoreUnavailable));
    // Not false: nobody is known to have taken it.
    await within(SOON_MS, 'the renewal', assert.rejects(stage.lease.renew('held', grant), StoreUnavailable));
    await within(SOON_MS, 'the release', stage.lease.release('held', grant));
  });

  test('a holder killed between the mutex and the mint costs a term, no more', async (t) => {
    const stage = await stageFor(t, { leaseMs: 2000 });
    const [mutex] = stage.mutexes;
    assert.equal((await mutex.tryLock('k')).kind, 'locked');
    const held = await refused('held', stage.other, 'k');
    assert.ok(held.retryAfterMs <= 2000);
    await until('the take-over', async () => (await stage.other.acquire('k')).kind === 'granted');
  });

  test('a majority restarted empty grants a second lease; the fence refuses the first one’s commit', async (t) => {
    const stage = await stageFor(t);
    const first = await granted(stage.lease, 'k');
    await forgetMajority(stage);
    const second = await until('the second grant', async () => {
      // Not every connection need be back.
      const acquired = await stage.other.acquire('k').catch(() => undefined);
      return acquired?.kind === 'granted' ? acquired.grant : undefined;
    });
    assert.ok(second.fence > first.fence);
    assert.equal((await stage.cache.commit('k', made(1), { grant: first })).outcome, 'fenced');
    // The refused one lets go of what it has left, and of nothing else.
    assert.equal(await stage.other.renew('k', second), true);
    await refused('held', stage.lease, 'k');
    assert.equal((await stage.cache.commit('k', made(2), { grant: second })).outcome, 'accepted');
    assert.equal((await stage.cache.read('k')).entry?.version, 2);
  });

  test('a renewal finds out that a majority forgot', async (t) => {
    const stage = await stageFor(t);
    const grant = await granted(stage.lease, 'k');
    await forgetMajority(stage);
    await until('the renewal to fail', async () => !(await stage.lease.renew('k', grant).catch(() => true)));
    await granted(stage.other, 'k');
  });

  test('a minority restarted empty does not let a second holder in, and gets its vote back by the renewal', async (t) => {
    const stage = await stageFor(t);
    const grant = await granted(stage.lease, 'k');
    for (const pair of [[0, 1] as const, [2, 3] as const]) {
      await stage.servers.kill(...pair);
      await stage.servers.restart(...pair);
      await refused('held', stage.other, 'k');
      await until('every vote', async () => {
        await renewUnlessSilent(stage, grant);
        const votes = await Promise.all([0, 1, 2, 3, 4].map((index) => hasVote(stage, index)));
        return votes.every(Boolean);
      });
    }
  });

  test('a renewal to which one server is late, after two forgot, leaves the votes, and the next one succeeds', async (t) => {
    const stage = await stageFor(t, { timeoutMs: 1000 });
    const grant = await granted(stage.lease, 'k');
    await stage.servers.kill(0, 1);
    await stage.servers.restart(0, 1);
    await stage.servers.at(4).freeze();
    await assert.rejects(stage.lease.renew('k', grant), StoreUnavailable);
    await stage.servers.at(4).thaw();
    await until('the renewal', () => renewUnlessSilent(stage, grant));
  });

  test('two callers in one process exclude each other, and the one refused takes nothing from the other', async (t) => {
    const stage = await stageFor(t);
    const both = await Promise.all([stage.lease.acquire('k'), stage.lease.acquire('k')]);
    assert.deepEqual(both.map(({ kind }) => kind).toSorted(), ['granted', 'held']);
    for (const acquired of both)
      if (acquired.kind === 'granted') assert.equal(await stage.lease.renew('k', acquired.grant), true);
    await refused('held', stage.other, 'k');
  });

  test('a renewal after an invalidation fails, ends the lease and wakes the waiters', async (t) => {
    const stage = await stageFor(t);
    const grant = await granted(stage.lease, 'k');
    await stage.cache.invalidate('k');
    const watch = await stage.other.watch('k');
    const { fence } = await refused('held', stage.other, 'k');
    const waiting = watch.filled(fence, LONG_MS);
    assert.equal(await stage.lease.renew('k', grant), false);
    assert.equal(await within(SOON_MS, 'the wake-up', waiting), undefined);
    await granted(stage.other, 'k');
  });

  test('a commit refused after an invalidation ends the lease and wakes the waiters', async (t) => {
    const stage = await stageFor(t);
    const grant = await granted(stage.lease, 'k');
    await stage.cache.invalidate('k');
    const watch = await stage.other.watch('k');
    const { fence } = await refused('held', stage.other, 'k');
    const waiting = watch.filled(fence, LONG_MS);
    assert.equal((await stage.cache.commit('k', made(1), { grant })).outcome, 'fenced');
    assert.equal(await within(SOON_MS, 'the wake-up', waiting), undefined);
    await granted(stage.other, 'k');
  });

  test('a fill between the look and the lock is found before a fence is minted, and the lock given back', async (t) => {
    const stage = await stageFor(t);
    const [mutex, other] = stage.mutexes;
    const late = stage.leaseOf({
      ...mutex,
      async tryLock(key) {
        await fill(stage.other, stage.cache, key, 1);
        return mutex.tryLock(key);
      },
    });
    assert.equal((await refused('fresh', late, 'k')).entry.version, 1);
    assert.equal((await other.tryLock('k')).kind, 'locked');
  });

  test('a store that is gone between the lock and the mint lets the mutex go', async (t) => {
    const stage = await stageFor(t);
    const [mutex, other] = stage.mutexes;
    const unlucky = stage.leaseOf({
      ...mutex,
      async tryLock(key) {
        const tried = await mutex.tryLock(key);
        await stage.stopStore();
        return tried;
      },
    });
    await assert.rejects(unlucky.acquire('k'), StoreUnavailable);
    assert.equal((await other.tryLock('k')).kind, 'locked');
  });

  test('a failure counts only under the newest fence', async (t) => {
    const stage = await stageFor(t);
    const grant = await granted(stage.lease, 'k');
    await stage.cache.invalidate('k');
    await stage.lease.release('k', grant, { backoffMs: LONG_MS });
    await granted(stage.other, 'k');
  });

  test('a store that is gone at the commit leaves the mutex to its holder, who lets it go without the store', async (t) => {
    const stage = await stageFor(t);
    const grant = await granted(stage.lease, 'k');
    await stage.stopStore();
    await assert.rejects(stage.cache.commit('k', made(1), { grant }), StoreUnavailable);
    assert.equal((await stage.mutexes[1].tryLock('k')).kind, 'held');
    await stage.lease.release('k', grant);
    assert.equal((await stage.mutexes[1].tryLock('k')).kind, 'locked');
  });

  test('a lock that was won too late to be good for anything is given back', async (t) => {
    const stage = await stageFor(t, { leaseMs: 300 });
    const [mutex, other] = stage.mutexes;
    await Promise.all([0, 1, 2].map((index) => stage.servers.at(index).freeze()));
    const late = mutex.tryLock('k');
    await until('two votes', async () => (await hasVote(stage, 3)) && (await hasVote(stage, 4)));
    await until('the term to pass', async () => !(await hasVote(stage, 3)));
    await Promise.all([0, 1, 2].map((index) => stage.servers.at(index).thaw()));
    assert.notEqual((await within(SOON_MS, 'the late answer', late)).kind, 'locked');
    await until('another’s lock', async () => (await other.tryLock('k')).kind === 'locked');
  });

  test('where the votes are split another try is due at once, where a majority is held when it ends', async (t) => {
    const stage = await stageFor(t);
    for (const [index, token] of ['one', 'one', 'two', 'two'].entries()) await vote(stage, index, token);
    const split = await refused('held', stage.lease, 'k');
    assert.ok(split.retryAfterMs < 100, `nobody has it, and yet it is held for ${split.retryAfterMs} ms`);
    await vote(stage, 4, 'one');
    const held = await refused('held', stage.lease, 'k');
    assert.ok(held.retryAfterMs > LONG_MS / 2, `${held.retryAfterMs} ms`);
  });

  test('when many compete, one wins', async (t) => {
    const stage = await stageFor(t);
    const compete = async (index: number) => {
      for (;;) {
        const tried = await stage.mutexes[index % 2 === 0 ? 0 : 1].tryLock('k');
        if (tried.kind === 'locked' || (tried.retryAfterMs ?? 0) > 100) return tried.kind;
      }
    };
    const kinds = await within(SOON_MS, 'a winner', Promise.all([0, 1, 2, 3, 4, 5].map(compete)));
    assert.equal(kinds.filter((kind) => kind === 'locked').length, 1);
  });
});

type Stage = MutexStage<RedisLockServers>;

/** Renews. Gives false if too few servers answer, and throws if they refuse. */
async function renewUnlessSilent({ lease }: Stage, grant: Grant): Promise<boolean> {
  const renewed = await lease.renew('k', grant).catch((error) => {
    if (!(error instanceof StoreUnavailable)) throw error;
    return undefined;
  });
  assert.notEqual(renewed, false, 'the servers refused the renewal: the lease is lost');
  return renewed === true;
}

async function forgetMajority({ servers }: Stage) {
  await servers.kill(0, 1, 2);
  await servers.restart(0, 1, 2);
}

const VOTE = 'mutex:{k}:lease';

const hasVote = (stage: Stage, index: number) =>
  atServer(stage, index, async (redis) => (await redis.exists(VOTE)) === 1);

const vote = (stage: Stage, index: number, token: string) =>
  atServer(stage, index, (redis) => redis.set(VOTE, token, 'PX', LONG_MS));

async function atServer<T>({ servers }: Stage, index: number, act: (redis: Redis) => Promise<T>): Promise<T> {
  const redis = new Redis(servers.at(index).url);
  try {
    return await act(redis);
  } finally {
    redis.disconnect();
  }
}
