import assert from 'node:assert/strict';
import { test } from 'node:test';
import { redisRoutes } from '../../../services/shared/redis-routes.ts';

test('each member has its own address in the list of ways to Redis, and without a list nobody has one', () => {
  assert.deepEqual(
    [...redisRoutes.parse('app-1=relay:7001,refresher-1=127.0.0.1:7002')],
    [
      ['app-1', { host: 'relay', port: 7001 }],
      ['refresher-1', { host: '127.0.0.1', port: 7002 }],
    ],
  );
  assert.equal(redisRoutes.parse(undefined).size, 0);
  assert.equal(redisRoutes.parse('').size, 0);
});

test('a list that cannot be read is refused with what is allowed', () => {
  for (const text of ['relay:7001', 'app-1=relay', 'app-1=redis://relay:7001', 'app 1=relay:1'])
    assert.equal(
      redisRoutes.safeParse(text).error?.issues[0]?.message,
      'must be NAME=HOST:PORT,…: the addresses at which members reach Redis',
      text,
    );
});
