import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setImmediate as turn } from 'node:timers/promises';
import { lruCopies } from '../../../assembly/lru-copies.ts';
import type { Entry, Parts, Reading } from '../../../strategies/contract/index.ts';
import { nearCache } from '../../../strategies/near-cache.ts';
import { HandClock } from '../../support/hand-clock.ts';
import { made } from '../../support/leases.ts';

const TTL_MS = 100;

/** A near cache in front of a store that answers as the test has it, and that is told of changes by the test. */
async function nearOn({ live = true, keys = ['k'], bytes = 1_000_000 } = {}) {
  const clock = new HandClock();
  const asked: string[] = [];
  const followed = new Map<string, () => void>();
  const following = { live };
  const store = {
    version: 1,
    softTtlMs: TTL_MS,
    value: 'v',
    /** What happens while a read is under way. */
    meanwhile: async () => {},
  };
  const read = async (key: string): Promise<Reading<string>> => {
    asked.push(key);
    const { version, softTtlMs, value } = store;
    const entry: Entry<string> = {
      ...made(version),
      value,
      fence: version,
      softTtlMs,
      hardTtlMs: softTtlMs + 1000,
    };
    await store.meanwhile();
    return { atStoreMs: 0, fence: version, newestVersion: version, entry };
  };
  const parts = {
    clock,
    cache: { read },
    copies: lruCopies(bytes),
    options: { singleFlight: true, maxRounds: 2 },
    changes: {
      async follow(key: string, onChange: () => void) {
        followed.set(key, onChange);
        await turn();
        onChange();
        return {
          get live() {
            return following.live;
          },
          close: () => followed.delete(key),
        };
      },
    },
  };
  const near = nearCache.create(parts as unknown as Parts<string>);
  // Nothing is kept before changes are heard of.
  for (const key of keys) await near.get(key);
  for (let turns = 0; turns < 3; turns++) await turn();
  asked.length = 0;
  return { near, clock, asked, followed, following, store };
}

test('a copy is good for as long as the store said was left, and its time is not begun anew', async () => {
  const { near, clock, asked } = await nearOn();
  await near.get('k');
  await clock.advance(60);
  const { entry, served } = await near.get('k');
  assert.deepEqual([served, entry.softTtlMs, entry.hardTtlMs], ['hit', 40, 1040]);
  await clock.advance(39);
  await near.get('k');
  assert.equal(asked.length, 1);
  await clock.advance(1);
  await near.get('k');
  assert.equal(asked.length, 2);
});

test('the time left counts from before the store was asked, however late its answer comes', async () => {
  const { near, clock, asked, store } = await nearOn();
  store.meanwhile = () => clock.advance(TTL_MS);
  await near.get('k');
  await near.get('k');
  assert.equal(asked.length, 2);
});

test('a copy read in its last moment is not kept for ever', async () => {
  const { near, clock, asked, store } = await nearOn();
  store.softTtlMs = 0.5;
  await near.get('k');
  await clock.advance(1);
  await near.get('k');
  assert.equal(asked.length, 2);
});

test('a change drops the copy', async () => {
  const { near, asked, followed, store } = await nearOn();
  await near.get('k');
  store.version = 2;
  assert.equal((await near.get('k')).entry.version, 1);
  followed.get('k')?.();
  assert.equal((await near.get('k')).entry.version, 2);
  assert.equal(asked.length, 2);
});

test('what was read before a change, and comes after it, is not kept', async () => {
  const { near, asked, followed, store } = await nearOn();
  store.meanwhile = async () => followed.get('k')?.();
  await near.get('k');
  store.meanwhile = async () => {};
  await near.get('k');
  await near.get('k');
  assert.equal(asked.length, 2);
});

test('while changes may be missed nothing is kept', async () => {
  const { near, asked } = await nearOn({ live: false });
  for (let call = 0; call < 3; call++) await near.get('k');
  assert.equal(asked.length, 3);
});

test('a change that nobody tells of costs the rest of the TTL and no more', async () => {
  const { near, clock, store } = await nearOn();
  await near.get('k');
  store.version = 2;
  await clock.advance(TTL_MS - 1);
  assert.equal((await near.get('k')).entry.version, 1);
  await clock.advance(1);
  assert.equal((await near.get('k')).entry.version, 2);
});

test('the bytes of the copies are bounded: the least recently used makes room, and is no longer followed', async () => {
  const keys = ['k0', 'k1', 'k2'];
  // Room for three copies with the value that they have, and no more.
  const { near, asked, followed, store } = await nearOn({ keys, bytes: 3 * 2100 });
  for (const key of keys) await near.get(key);
  await near.get('k0');
  assert.equal(asked.length, 3);
  store.value = 'v'.repeat(1000);
  for (let again = 0; again < 2; again++) {
    await near.get('large');
    await turn();
    await turn();
  }
  assert.deepEqual([...followed.keys()].sort(), ['k0', 'large']);
  asked.length = 0;
  for (const key of ['large', 'k0']) await near.get(key);
  assert.deepEqual(asked, []);
});

test('a value that is larger than all the room is served, and not kept', async () => {
  const { near, asked, followed, store } = await nearOn({ bytes: 3000 });
  store.value = 'v'.repeat(3000);
  for (let call = 0; call < 3; call++) {
    assert.equal((await near.get('k')).entry.value, store.value);
    await turn();
    await turn();
  }
  assert.deepEqual([asked.length, followed.size], [3, 0]);
});

test('keys that were asked for once leave nothing behind once their values are due', async () => {
  const keys = Array.from({ length: 100 }, (_, index) => `k${index}`);
  const { clock, followed } = await nearOn({ keys });
  assert.equal(followed.size, 100);
  await clock.advance(TTL_MS);
  assert.deepEqual([followed.size, clock.timers], [0, 0]);
});

test('a key whose recompute failed leaves nothing behind', async () => {
  const { near, clock, followed, store } = await nearOn({ keys: [] });
  store.meanwhile = () => Promise.reject(new Error('no answer'));
  await assert.rejects(near.get('k'), { message: 'no answer' });
  await turn();
  await clock.advance(0);
  assert.deepEqual([followed.size, clock.timers], [0, 0]);
});

test('a fresh copy is given without a promise; without one there is nothing near', async () => {
  const { near, clock, followed } = await nearOn();
  assert.equal(near.near?.('k'), undefined);
  const { entry } = await near.get('k');
  assert.deepEqual(near.near?.('k'), { entry, served: 'hit' });
  await clock.advance(TTL_MS / 2);
  assert.equal(near.near?.('k')?.entry.softTtlMs, TTL_MS / 2);
  followed.get('k')?.();
  assert.equal(near.near?.('k'), undefined);
});
