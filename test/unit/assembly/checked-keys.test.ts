import assert from 'node:assert/strict';
import { test } from 'node:test';
import { withCheckedInvalidations, withCheckedKeys } from '../../../assembly/checked-keys.ts';
import { InvalidKey } from '../../../strategies/contract/errors.ts';
import type { Answer, Cache } from '../../../strategies/contract/index.ts';

/** A strategy and a cache that refuse what is no key, and the keys that reach what is behind. */
function checked() {
  const reached: string[] = [];
  const strategy = withCheckedKeys<string>({
    async get(key) {
      reached.push(key);
      return {} as Answer<string>;
    },
  });
  const cache = withCheckedInvalidations<string>({
    async invalidate(key: string) {
      reached.push(key);
      return { atStoreMs: 0, fence: 1 };
    },
  } as unknown as Cache<string>);
  return { reached, strategy, cache };
}

test('what is no key reaches neither the strategy nor the store, and the error does not repeat it', async () => {
  const { reached, strategy, cache } = checked();
  for (const wrong of ['', '..', 'k'.repeat(129), 'grün', 'a b', 'a/b', '{k}', 'k\n'])
    for (const call of [() => strategy.get(wrong), () => cache.invalidate(wrong)])
      await assert.rejects(
        call,
        (error) => error instanceof InvalidKey && error.key === undefined && !error.message.includes('grün'),
      );
  assert.deepEqual(reached, []);
});

test('every key reaches them as it is', async () => {
  const { reached, strategy, cache } = checked();
  await strategy.get('a.b:c-d_9');
  await cache.invalidate('k'.repeat(128));
  assert.deepEqual(reached, ['a.b:c-d_9', 'k'.repeat(128)]);
});
