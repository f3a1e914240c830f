import assert from 'node:assert/strict';
import { test } from 'node:test';
import { StoreClock } from '../../../backends/redis/store-clock.ts';
import { HandClock } from '../../support/hand-clock.ts';

/** The store's clock is so far ahead of the process's. */
const AHEAD_MS = 1_700_000_000_000;

function started() {
  const clock = new HandClock();
  const storeClock = new StoreClock(clock);
  /** Asks the store; the question and the answer take so long. */
  const ask = async (thereMs: number, backMs: number, aheadMs = AHEAD_MS) => {
    const answered = storeClock.asking();
    await clock.advance(thereMs);
    const atStoreMs = clock.now() + aheadMs;
    await clock.advance(backMs);
    answered(atStoreMs);
  };
  return { clock, storeClock, ask, storeNow: () => clock.now() + AHEAD_MS };
}

test('the bound on an age is too high by the way of the quickest question, and never too low', async () => {
  const { clock, storeClock, ask, storeNow } = started();
  const since = storeNow();
  await ask(40, 70);
  assert.equal(storeClock.mostAgeMs(since), 110 + 40);
  await ask(3, 500);
  assert.equal(storeClock.mostAgeMs(since), 613 + 3);
  await ask(200, 0);
  await clock.advance(1000);
  assert.equal(storeClock.mostAgeMs(since), 1813 + 3);
});

test('without a sample nothing is known, also after another server took over', async () => {
  const { storeClock, ask, storeNow } = started();
  assert.equal(storeClock.mostAgeMs(storeNow()), undefined);
  await ask(1, 1);
  assert.equal(storeClock.mostAgeMs(storeNow()), 1);
  storeClock.forget();
  assert.equal(storeClock.mostAgeMs(storeNow()), undefined);
});

test('a clock that was set forward is followed within two windows', async () => {
  const { clock, storeClock, ask } = started();
  await ask(1, 1);
  for (let asked = 0; asked < 21; asked++) {
    await clock.advance(1000);
    await ask(1, 1, AHEAD_MS + 5000);
  }
  assert.equal(storeClock.mostAgeMs(clock.now() + AHEAD_MS + 5000), 1);
});
