import assert from 'node:assert/strict';
import { test } from 'node:test';
import { OriginFailed, Overloaded, StoreUnavailable } from '../../../strategies/contract/errors.ts';
import { type Answer, isStored, type Options, type Parts } from '../../../strategies/contract/index.ts';
import { withDegradedMode } from '../../../strategies/shared/degraded.ts';
import { RecomputeCap } from '../../../strategies/shared/recompute-cap.ts';
import { CountedOrigin } from '../../support/counted-origin.ts';
import { HandClock } from '../../support/hand-clock.ts';
import { made } from '../../support/leases.ts';

const RETRY_MS = 100;
const CAP = 2;
const BACKOFF_MS = 50;

/** A process whose store is there or gone as the test has it, counting who asks for it. */
function degradable() {
  const [clock, origin] = [new HandClock(), new CountedOrigin()];
  const store = { gone: false, asked: 0, tried: 0, answer: async () => {} };
  const ask = async () => {
    await store.answer();
    if (store.gone) throw new StoreUnavailable('gone');
  };
  const stored = { entry: { ...made(99), fence: 1, softTtlMs: 1, hardTtlMs: 1 }, served: 'hit' } as const;
  const parts = {
    clock,
    origin: origin.for(0),
    options: {
      recomputeCap: CAP,
      patienceMs: 1000,
      storeRetryMs: RETRY_MS,
      backoffMs: BACKOFF_MS,
    } as Options,
    cache: {
      read: () => {
        store.tried++;
        return ask();
      },
    },
  } as unknown as Parts<string>;
  const strategy = {
    get: async (): Promise<Answer<string>> => {
      store.asked++;
      await ask();
      return stored;
    },
  };
  return {
    clock,
    origin,
    store,
    strategy,
    replica: withDegradedMode(strategy, parts, new RecomputeCap(clock, parts.options)),
  };
}

test('with the store there the strategy answers, and its errors are its own', async () => {
  const { store, strategy, replica } = degradable();
  assert.equal((await replica.get('k')).served, 'hit');
  const failed = new OriginFailed('failed');
  strategy.get = async () => Promise.reject(failed);
  await assert.rejects(replica.get('k'), failed);
  assert.equal(store.tried, 0);
});

test('a store that is gone is left alone for a while, and everyone is served unstored', async () => {
  const { clock, store, origin, replica } = degradable();
  store.gone = true;
  for (let call = 0; call < 3; call++) assert.ok(!isStored((await replica.get('k')).entry));
  await clock.advance(RETRY_MS - 1);
  await replica.get('k');
  assert.deepEqual([store.asked, store.tried, origin.calls.length], [1, 1, 4]);
});

test('a store that answers the second look was never gone, and everyone shares that look', async () => {
  const { store, origin, replica } = degradable();
  const { promise: thawed, resolve: thaw } = Promise.withResolvers<void>();
  store.gone = true;
  store.answer = () => thawed;
  const answers = [replica.get('k'), replica.get('k'), replica.get('other')];
  await new Promise(setImmediate);
  store.answer = async () => {
    store.gone = false;
  };
  thaw();
  for (const { served } of await Promise.all(answers)) assert.equal(served, 'hit');
  assert.deepEqual([store.tried, origin.calls.length], [1, 0]);
});

test('then one caller tries it for all, and everyone else is served meanwhile', async () => {
  const { clock, store, replica } = degradable();
  store.gone = true;
  await replica.get('k');
  await clock.advance(RETRY_MS);
  const { promise, resolve } = Promise.withResolvers<void>();
  store.answer = () => promise;
  store.gone = false;
  const trying = replica.get('k');
  for (let call = 0; call < 3; call++) assert.equal((await replica.get('k')).served, 'recomputed');
  assert.equal(store.tried, 2);
  resolve();
  assert.equal((await trying).served, 'hit');
  assert.equal((await replica.get('k')).served, 'hit');
  assert.equal(store.tried, 2);
});

test('a try that fails leaves the store alone for another while', async () => {
  const { clock, store, replica } = degradable();
  store.gone = true;
  await replica.get('k');
  for (const tries of [1, 2]) {
    await clock.advance(RETRY_MS);
    await Promise.all([replica.get('k'), replica.get('k')]);
    assert.equal(store.tried, 1 + tries);
  }
  assert.equal(store.asked, 1);
});

test('without the store callers of one key share one recompute, and one of them has led it', async () => {
  const { store, origin, replica } = degradable();
  store.gone = true;
  await replica.get('other');
  origin.hold();
  const answers = [replica.get('k'), replica.get('k'), replica.get('k')];
  await new Promise(setImmediate);
  origin.letGo();
  const served = (await Promise.all(answers)).map((answer) => answer.served);
  assert.deepEqual(served, ['recomputed', 'waited', 'waited']);
  assert.equal(origin.callsFor('k').length, 1);
});

test('without the store so many keys are recomputed at once and no more, failures making room too', async () => {
  const { clock, store, origin, replica } = degradable();
  store.gone = true;
  await replica.get('other');
  for (const failing of [true, false]) {
    origin.hold();
    origin.failing = failing;
    const answers = [replica.get('a'), replica.get('b')];
    await new Promise(setImmediate);
    await assert.rejects(replica.get('c'), Overloaded);
    const joining = replica.get('a');
    const all = Promise.allSettled([...answers, joining]);
    origin.letGo();
    for (const { status } of await all) assert.equal(status, failing ? 'rejected' : 'fulfilled');
    await clock.advance(BACKOFF_MS);
  }
});

test('without the store a failing origin’s error is the answer', async () => {
  const { store, origin, replica } = degradable();
  store.gone = true;
  origin.failing = true;
  await assert.rejects(replica.get('k'), OriginFailed);
});

test('without the store a caller that leaves leaves alone', async () => {
  const { store, origin, replica } = degradable();
  store.gone = true;
  await replica.get('other');
  origin.hold();
  const leaver = new AbortController();
  const left = replica.get('k', leaver.signal);
  const stays = replica.get('k');
  await new Promise(setImmediate);
  leaver.abort(new Error('left'));
  await assert.rejects(left, /left/);
  origin.letGo();
  assert.equal((await stays).entry.value, 'k@1');
});

test('without the store a failing origin is called once per key and back-off, and again after it', async () => {
  const { clock, store, origin, replica } = degradable();
  store.gone = true;
  origin.failing = true;
  for (let call = 1; call <= 3; call++) {
    for (let caller = 0; caller < 5; caller++) await assert.rejects(replica.get('k'), OriginFailed);
    assert.equal(origin.calls.length, call);
    await clock.advance(BACKOFF_MS);
  }
  await assert.rejects(replica.get('other'), OriginFailed);
  assert.equal(origin.calls.length, 4);
  origin.failing = false;
  assert.equal((await replica.get('k')).served, 'recomputed');
  assert.equal((await replica.get('k')).served, 'recomputed');
});
