import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setImmediate as turn } from 'node:timers/promises';
import { StoreUnavailable } from '../../../strategies/contract/errors.ts';
import type { Acquired, Entry, Options, Parts } from '../../../strategies/contract/index.ts';
import { refreshAhead } from '../../../strategies/refresh-ahead.ts';
import { DEMAND_LASTS_INTERVALS, demandNotes } from '../../../strategies/shared/demand-notes.ts';
import { HandClock } from '../../support/hand-clock.ts';
import { made } from '../../support/leases.ts';
import { until } from '../../support/within.ts';

const INTERVAL_MS = 100;
const RECOMPUTE_MS = 50;

/** A refresher whose store holds what the test says, and whose recomputes end when it says so. */
function refresherOn(softTtls: Record<string, number | undefined>, options: Partial<Options> = {}) {
  const acquires: string[] = [];
  const recomputes: string[] = [];
  const end = Promise.withResolvers<void>();
  let reading = 0;
  let mostReading = 0;
  const answer = { acquire: undefined as Acquired<string> | undefined, wanted: Object.keys(softTtls) };
  const entryOf = (softTtlMs: number): Entry<string> => ({
    ...made(7),
    recomputeMs: RECOMPUTE_MS,
    fence: 1,
    softTtlMs,
    hardTtlMs: softTtlMs + 60_000,
  });
  const parts = {
    clock: new HandClock(),
    options: {
      singleFlight: true,
      refreshIntervalMs: INTERVAL_MS,
      backoffMs: 10,
      recomputeCap: 64,
      ...options,
    },
    demand: { wanted: async () => answer.wanted },
    cache: {
      async read(key: string) {
        reading += 1;
        mostReading = Math.max(mostReading, reading);
        await turn();
        reading -= 1;
        const softTtlMs = softTtls[key];
        return { at: 0, fence: 1, entry: softTtlMs === undefined ? undefined : entryOf(softTtlMs) };
      },
      commit: async () => ({ outcome: 'accepted', at: 0, entry: entryOf(3000) }),
    },
    lease: {
      ttlMs: 300,
      async acquire(key: string, seenVersion?: number) {
        acquires.push(`${key} over ${seenVersion}`);
        return answer.acquire ?? { kind: 'granted', grant: { token: 't', fence: 2, at: 0 } };
      },
      release: async () => {},
    },
    origin: {
      async recompute(key: string) {
        recomputes.push(key);
        await end.promise;
        return made(8);
      },
    },
  };
  const refresher = refreshAhead.refresher?.(parts as unknown as Parts<string>);
  assert.ok(refresher);
  return { refresher, acquires, recomputes, answer, mostReads: () => mostReading, end: () => end.resolve() };
}

test('what would be due before the tick after the next could replace it is refreshed, and nothing else', async () => {
  const lead = INTERVAL_MS + RECOMPUTE_MS;
  const { refresher, acquires, end } = refresherOn({
    'soon due': lead,
    'not yet': lead + 1,
    'long due': -500,
    missing: undefined,
  });
  end();
  await refresher.tick();
  assert.deepEqual(acquires, ['soon due over 7', 'long due over 7']);
});

test('a tick leaves the keys alone that an earlier one is still at, and looks after the others', async () => {
  const { refresher, recomputes, answer, end } = refresherOn({ k: 10, other: 10 });
  answer.wanted = ['k'];
  const first = refresher.tick();
  await until('the recompute', () => recomputes.length === 1);
  answer.wanted = ['k', 'other'];
  const second = refresher.tick();
  await until('the other', () => recomputes.includes('other'));
  end();
  await Promise.all([first, second]);
  assert.deepEqual(recomputes, ['k', 'other']);
  await refresher.tick();
  assert.deepEqual(recomputes.length, 4);
});

for (const kind of ['held', 'fresh', 'backing-off'] as const)
  test(`a key that is ${kind} is left alone until the next tick`, async () => {
    const { refresher, acquires, recomputes, answer, end } = refresherOn({ k: 10 });
    answer.acquire = { kind, retryAfterMs: 60_000, fence: 1, failures: 1 } as Acquired<string>;
    await refresher.tick();
    assert.deepEqual([acquires.length, recomputes.length], [1, 0]);
    answer.acquire = undefined;
    end();
    await refresher.tick();
    assert.deepEqual([acquires.length, recomputes.length], [2, 1]);
  });

test('however many keys are in demand, each is looked at, and no more are refreshed at once than the cap', async () => {
  const fresh = Array.from({ length: 1000 }, (_, index) => [`fresh${index}`, 60_000] as const);
  const due = Array.from({ length: 10 }, (_, index) => [`due${index}`, 10] as const);
  const { refresher, recomputes, mostReads, end } = refresherOn(Object.fromEntries([...fresh, ...due]), {
    recomputeCap: 4,
  });
  const first = refresher.tick();
  await until('the cap', () => recomputes.length === 4);
  end();
  await first;
  assert.equal(recomputes.length, 4);
  assert.ok(mostReads() <= 100, `${mostReads()} reads at once`);
});

test('without demand nothing is even looked at', async () => {
  const { refresher, acquires, answer } = refresherOn({ k: -500 });
  answer.wanted = [];
  await refresher.tick();
  assert.deepEqual(acquires, []);
});

/** Notes of a process, as the store receives them. */
function notes(failing = false) {
  const clock = new HandClock();
  const received: string[] = [];
  const parts = {
    clock,
    options: { refreshIntervalMs: INTERVAL_MS },
    demand: {
      async note(keys: readonly string[], lastsMs: number) {
        assert.equal(lastsMs, DEMAND_LASTS_INTERVALS * INTERVAL_MS);
        received.push(keys.join(' '));
        if (failing) throw new StoreUnavailable('gone');
      },
    },
  };
  return { clock, received, note: demandNotes(parts as unknown as Parts<string>) };
}

test('however many ask, the store gets one note an interval, of all keys together', async () => {
  const { clock, received, note } = notes();
  for (let passed = 0; passed < 10 * INTERVAL_MS; passed += 10) {
    for (let request = 0; request < 20; request++) note(request % 2 ? 'other' : 'k');
    await clock.advance(10);
  }
  // The first of all was sent at once, before anybody else had asked.
  assert.equal(received.shift(), 'k');
  for (const keys of received) assert.deepEqual(keys.split(' ').toSorted(), ['k', 'other']);
  assert.ok(received.length >= 9 && received.length <= 10, `${received.length} notes`);
});

test('of a flood of keys a process notes ten thousand an interval, in notes of five hundred', async () => {
  const { clock, received, note } = notes();
  for (let key = 0; key < 30_000; key++) note(`k${key}`);
  await clock.advance(INTERVAL_MS);
  // The first of all was sent at once.
  assert.equal(received.shift(), 'k0');
  const counts = received.map((keys) => keys.split(' ').length);
  assert.deepEqual([Math.max(...counts), counts.reduce((sum, count) => sum + count)], [500, 10_000]);
});

test('the first request after a quiet time is noted at once, and quiet costs nothing', async () => {
  const { clock, received, note } = notes();
  note('k');
  assert.deepEqual(received, ['k']);
  await clock.advance(10 * INTERVAL_MS);
  assert.deepEqual([received.length, clock.timers], [1, 0]);
  note('k');
  assert.deepEqual(received, ['k', 'k']);
});

test('a note that is lost is nobody’s error, and the next one is sent all the same', async () => {
  const { clock, received, note } = notes(true);
  note('k');
  note('k');
  await clock.advance(INTERVAL_MS);
  assert.deepEqual(received, ['k', 'k']);
});
