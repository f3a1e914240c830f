import assert from 'node:assert/strict';
import { test } from 'node:test';
import { OriginFailed } from '../../../strategies/contract/errors.ts';
import type {
  Acquired,
  Committed,
  Entry,
  Options,
  Parts,
  Reading,
} from '../../../strategies/contract/index.ts';
import { createLock } from '../../../strategies/lock.ts';
import { HandClock } from '../../support/hand-clock.ts';
import { made } from '../../support/leases.ts';

const OPTIONS = {
  singleFlight: true,
  backoffMs: 100,
  maxFailures: 3,
  maxRounds: 4,
  patienceMs: 1000,
} as Options;

const entryOf = (version: number, softTtlMs: number): Entry<string> => ({
  ...made(version),
  fence: version,
  softTtlMs,
  hardTtlMs: softTtlMs + 100,
});
const missing = (fence: number): Reading<string> => ({
  atStoreMs: 0,
  fence,
  newestVersion: 0,
  entry: undefined,
});
const granted = (fence: number): Acquired<string> => ({
  kind: 'granted',
  grant: { token: 't', fence, atStoreMs: 0, replaces: 0 },
});
const FENCED: Committed<string> = { outcome: 'fenced', atStoreMs: 0 };

/** A lock whose store and lease answer as the test has it; the origin answers at once. */
function lockOn(answers: {
  read: () => Promise<Reading<string>>;
  acquire: (call: number) => Promise<Acquired<string>>;
  random?: () => number;
  recompute?: () => Promise<never>;
}) {
  const clock = new HandClock();
  const asked = { acquires: 0, recomputes: 0, watchesOpen: 0, slept: [] as number[] };
  const parts = {
    clock: Object.assign(clock, {
      async sleep(ms: number) {
        asked.slept.push(ms);
        await clock.advance(ms);
      },
    }),
    random: answers.random ?? (() => 0),
    options: OPTIONS,
    cache: { read: answers.read, commit: async () => FENCED },
    lease: {
      ttlMs: 300,
      acquire: () => answers.acquire(++asked.acquires),
      release: async () => {},
      watch: async () => {
        asked.watchesOpen += 1;
        return {
          filled: (_fence: number, timeoutMs: number) => clock.advance(timeoutMs),
          close: () => void asked.watchesOpen--,
        };
      },
    },
    origin: { recompute: answers.recompute ?? (async () => made(++asked.recomputes)) },
  };
  return { lock: createLock(parts as unknown as Parts<string>), asked, clock };
}

test('a caller who came after the stale value was gone is not handed it by a flight begun before', async () => {
  let reading: Reading<string> = { atStoreMs: 0, fence: 2, newestVersion: 1, entry: entryOf(1, 0) };
  const firstAcquire = Promise.withResolvers<Acquired<string>>();
  const { lock } = lockOn({
    read: async () => reading,
    acquire: async (call) => (call === 1 ? firstAcquire.promise : { kind: 'fresh', entry: entryOf(4, 100) }),
  });
  const before = lock.get('k');
  await new Promise(setImmediate);
  reading = missing(3);
  const after = lock.get('k');
  await new Promise(setImmediate);
  firstAcquire.resolve({ kind: 'backing-off', retryAfterMs: 100, failures: 1, stale: entryOf(1, 0) });
  assert.deepEqual([(await before).served, (await before).entry.version], ['stale', 1]);
  assert.equal((await after).entry.version, 4);
});

test('a caller is not handed a value that was invalidated before it came, and gives up in the end', async () => {
  const { lock, asked } = lockOn({
    read: async () => missing(9),
    acquire: async () => ({ kind: 'fresh', entry: entryOf(8, 100) }),
  });
  await assert.rejects(lock.get('k'), {
    name: 'Contended',
    key: 'k',
    message: /^k was invalidated \d+ times while/,
  });
  assert.equal(asked.acquires, OPTIONS.maxRounds);
});

test('a caller whose commits are refused again and again gives up', async () => {
  const { lock, asked } = lockOn({ read: async () => missing(0), acquire: async (call) => granted(call) });
  await assert.rejects(lock.get('k'), {
    name: 'Contended',
    key: 'k',
    message: /^\d+ recomputes of k were overtaken/,
  });
  assert.equal(asked.recomputes, OPTIONS.maxRounds);
  assert.equal(asked.watchesOpen, 0);
});

test('a waiter asks again when the lease should have run out, and gives up when its patience has', async () => {
  const { lock, asked, clock } = lockOn({
    read: async () => missing(0),
    acquire: async () => ({ kind: 'held', fence: 1, retryAfterMs: 300 }),
  });
  await assert.rejects(lock.get('k'), {
    name: 'Contended',
    key: 'k',
    message: /^no value of k reached this caller within/,
  });
  assert.equal(asked.acquires, 4);
  assert.ok(clock.now() >= OPTIONS.patienceMs && clock.now() < OPTIONS.patienceMs + 300);
  assert.equal(asked.watchesOpen, 0);
});

test('nobody waits longer than the patience left, whatever the store says', async () => {
  const hour = 3_600_000;
  for (const answer of [
    { kind: 'held', fence: 1, retryAfterMs: hour },
    { kind: 'backing-off', retryAfterMs: hour, failures: 1, stale: undefined },
  ] as const) {
    const { lock, clock } = lockOn({ read: async () => missing(0), acquire: async () => answer });
    await assert.rejects(lock.get('k'), { name: 'Contended' });
    assert.equal(clock.now(), OPTIONS.patienceMs, answer.kind);
  }
});

test('a waiter looks again after a lease, even if the store says that the holder has longer', async () => {
  const { lock, asked, clock } = lockOn({
    read: async () => missing(0),
    acquire: async (call) =>
      call === 1
        ? { kind: 'held', fence: 1, retryAfterMs: 3_600_000 }
        : { kind: 'fresh', entry: entryOf(1, 100) },
  });
  assert.equal((await lock.get('k')).served, 'waited');
  assert.deepEqual([asked.acquires, clock.now()], [2, 300]);
});

test('all rounds of a caller share its patience', async () => {
  let reads = 0;
  const { lock, clock } = lockOn({
    // Each round's answer is older than the caller's look, so that the caller goes on.
    read: async () => missing(100 + ++reads),
    acquire: async (call) =>
      call % 2 === 1
        ? { kind: 'held', fence: 1, retryAfterMs: 300 }
        : { kind: 'fresh', entry: entryOf(1, 100) },
  });
  await assert.rejects(lock.get('k'), { name: 'Contended' });
  assert.ok(clock.now() <= OPTIONS.patienceMs, `${clock.now()} ms`);
});

test('a caller with patience left goes on when the leader of its flight has none', async () => {
  const firstAcquire = Promise.withResolvers<Acquired<string>>();
  const { lock, clock } = lockOn({
    read: async () => missing(0),
    acquire: async (call) => (call === 1 ? firstAcquire.promise : { kind: 'fresh', entry: entryOf(1, 100) }),
  });
  const leader = lock.get('k');
  const gaveUp = assert.rejects(leader, { name: 'Contended' });
  await clock.advance(OPTIONS.patienceMs - 1);
  const joined = lock.get('k');
  await new Promise(setImmediate);
  firstAcquire.resolve({ kind: 'held', fence: 1, retryAfterMs: 300 });
  await gaveUp;
  assert.equal((await joined).entry.version, 1);
});

test('whoever waits for a back-off waits it out, and up to a fifth longer, each for itself', async () => {
  for (const [drawn, ms] of [
    [0, 100],
    [0.5, 110],
    [0.999, 120],
  ] as const) {
    const { lock, asked } = lockOn({
      read: async () => missing(0),
      acquire: async (call) =>
        call === 1
          ? { kind: 'backing-off', retryAfterMs: 100, failures: 1, stale: undefined }
          : { kind: 'fresh', entry: entryOf(1, 100) },
      random: () => drawn,
    });
    assert.equal((await lock.get('k')).served, 'waited');
    assert.deepEqual(asked.slept.map(Math.round), [ms]);
  }
});

test('after so many failures in a row whoever has nothing to be served gets the error at once', async () => {
  const { lock, asked } = lockOn({
    read: async () => missing(0),
    acquire: async () => ({ kind: 'backing-off', retryAfterMs: 100, failures: 3, stale: undefined }),
  });
  await assert.rejects(lock.get('k'), OriginFailed);
  assert.deepEqual([asked.acquires, asked.slept], [1, []]);
});

test('callers who come after the last failure are told of it, with the origin’s own error as its cause', async () => {
  const own = new Error('out of order');
  const { lock } = lockOn({
    read: async () => missing(1),
    acquire: async (call) =>
      call === 1 ? granted(1) : { kind: 'backing-off', retryAfterMs: 50, failures: 3, stale: undefined },
    recompute: async () => {
      throw new OriginFailed('the origin could not recompute k: out of order', { cause: own, key: 'k' });
    },
  });
  for (const caller of ['the one who asked the origin', 'the next', 'and the one after'])
    await assert.rejects(
      lock.get('k'),
      (error) =>
        error instanceof OriginFailed &&
        error.cause === own &&
        error.key === 'k' &&
        /failed 3 times in a row for k.*out of order/.test(error.message),
      caller,
    );
  await assert.rejects(
    lock.get('another'),
    (error) => error instanceof OriginFailed && error.cause === undefined && /soon$/.test(error.message),
    'a caller of another key',
  );
});
