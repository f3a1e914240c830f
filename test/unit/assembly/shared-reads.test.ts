import assert from 'node:assert/strict';
import { test } from 'node:test';
import { withSharedReads } from '../../../assembly/shared-reads.ts';
import type { Cache, Reading } from '../../../strategies/contract/index.ts';

/** A store whose reads are answered when the test says so. A read begun later answers a later `at`. */
function heldStore() {
  const reads: { key: string; answer: () => void; fail: (error: Error) => void }[] = [];
  let underWay = 0;
  const store = {
    reads,
    mostUnderWay: 0,
    read(key: string): Promise<Reading<string>> {
      const { promise, resolve, reject } = Promise.withResolvers<Reading<string>>();
      const at = reads.length;
      store.mostUnderWay = Math.max(store.mostUnderWay, ++underWay);
      reads.push({
        key,
        answer() {
          underWay--;
          resolve({ atStoreMs: at, fence: 0, newestVersion: 0, entry: undefined });
        },
        fail(error) {
          underWay--;
          reject(error);
        },
      });
      return promise;
    },
  };
  return store;
}

const sharing = (store: { read: Cache<string>['read'] }) => withSharedReads(store as Cache<string>);

test('who comes while a read is on its way gets a look begun after it came, and shares that', async () => {
  const store = heldStore();
  const cache = sharing(store);
  const first = cache.read('k');
  const later = [cache.read('k'), cache.read('k'), cache.read('k')];
  assert.equal(store.reads.length, 1);
  store.reads[0]?.answer();
  assert.equal((await first).atStoreMs, 0);
  await turn();
  assert.equal(store.reads.length, 2);
  store.reads[1]?.answer();
  for (const reading of await Promise.all(later)) assert.equal(reading.atStoreMs, 1);
});

test('one after another nobody shares', async () => {
  const store = heldStore();
  const cache = sharing(store);
  for (const at of [0, 1, 2]) {
    const reading = cache.read('k');
    store.reads[at]?.answer();
    assert.equal((await reading).atStoreMs, at);
  }
});

test('keys do not wait for each other', async () => {
  const store = heldStore();
  const cache = sharing(store);
  const slow = cache.read('slow');
  const quick = cache.read('quick');
  store.reads[1]?.answer();
  assert.equal((await quick).atStoreMs, 1);
  store.reads[0]?.answer();
  await slow;
});

test('a read that fails fails those who share it, and nobody after them', async () => {
  const store = heldStore();
  const cache = sharing(store);
  const gone = new Error('the store is gone');
  const first = assert.rejects(cache.read('k'), gone);
  const second = [assert.rejects(cache.read('k'), gone), assert.rejects(cache.read('k'), gone)];
  store.reads[0]?.fail(gone);
  await first;
  await turn();
  const third = cache.read('k');
  store.reads[1]?.fail(gone);
  await Promise.all(second);
  await turn();
  store.reads[2]?.answer();
  assert.equal((await third).atStoreMs, 2);
});

test('at most one read of a key is on its way and one behind it, even for who comes as one lands', async () => {
  const store = heldStore();
  const cache = sharing(store);
  const readings: Promise<unknown>[] = [];
  for (let round = 0; round < 20; round++) {
    const first = cache.read('k');
    readings.push(first, cache.read('k'));
    // A caller may come at any step between a read's landing and the start of the next.
    let step: Promise<unknown> = Promise.resolve();
    for (let steps = 0; steps < round; steps++) step = step.then(() => {});
    readings.push(step.then(() => cache.read('k')));
    while (store.reads.length > 0) {
      store.reads.pop()?.answer();
      await turn();
    }
  }
  await Promise.all(readings);
  assert.equal(store.mostUnderWay, 1);
});

const turn = () => new Promise<void>((resolve) => setImmediate(resolve));
