import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setImmediate as turn } from 'node:timers/promises';
import { StoreUnavailable } from '../../../strategies/contract/errors.ts';
import type { Acquired, Entry, Parts } from '../../../strategies/contract/index.ts';
import { backgroundRefresh } from '../../../strategies/shared/background-refresh.ts';
import { HandClock } from '../../support/hand-clock.ts';
import { made } from '../../support/leases.ts';

const HELD: Acquired<string> = { kind: 'held', fence: 7, retryAfterMs: 300 };
const entry: Entry<string> = { ...made(2), fence: 7, softTtlMs: 100, hardTtlMs: 200 };

/** A refresh whose lease answers as the test has it; what it did, in its order. */
function refreshOn(acquire: (call: number) => Acquired<string> | Error) {
  const clock = new HandClock();
  const did: string[] = [];
  let wait = Promise.withResolvers<Entry<string> | undefined>();
  let acquires = 0;
  const parts = {
    clock,
    options: { patienceMs: 10_000 },
    cache: { commit: async () => ({ outcome: 'accepted', at: 0, entry }) },
    origin: { recompute: async () => made(2) },
    lease: {
      ttlMs: 300,
      async acquire(_key: string, seenVersion?: number) {
        did.push(`acquire over ${seenVersion}`);
        const acquired = acquire(++acquires);
        if (acquired instanceof Error) throw acquired;
        return acquired;
      },
      async watch() {
        did.push('watch');
        wait = Promise.withResolvers();
        return {
          filled(_fence: number, timeoutMs: number) {
            did.push(`wait ${timeoutMs}`);
            return wait.promise;
          },
          close: () => did.push('close'),
        };
      },
    },
  };
  const refresh = backgroundRefresh(parts as unknown as Parts<string>);
  return { refresh, did, wakes: (filled?: Entry<string>) => wait.resolve(filled) };
}

test('whoever is not granted the lease leaves the key alone until it hears of it', async () => {
  for (const answer of [HELD, { ...HELD, kind: 'backing-off', failures: 1, stale: undefined } as const]) {
    const { refresh, did, wakes } = refreshOn(() => answer);
    for (let reader = 0; reader < 5; reader++) refresh('k', 1);
    await turn();
    refresh('k', 1);
    assert.deepEqual(did, ['watch', 'acquire over 1', 'wait 300']);
    wakes();
    await turn();
    refresh('k', 2);
    await turn();
    assert.deepEqual(did.slice(3), ['close', 'watch', 'acquire over 2', 'wait 300']);
  }
});

test('a key is left alone by itself: another is refreshed meanwhile', async () => {
  const { refresh, did } = refreshOn(() => HELD);
  refresh('k', 1);
  refresh('other', 5);
  await turn();
  assert.deepEqual(
    did.filter((what) => what.startsWith('acquire')),
    ['acquire over 1', 'acquire over 5'],
  );
});

test('a store that is gone is nobody’s error, and the next reader tries again', async () => {
  const { refresh, did } = refreshOn((call) =>
    call === 1 ? new StoreUnavailable('gone') : { kind: 'fresh', entry },
  );
  refresh('k', 1);
  await turn();
  refresh('k', 1);
  await turn();
  assert.deepEqual(did, ['watch', 'acquire over 1', 'close', 'watch', 'acquire over 1', 'close']);
});
