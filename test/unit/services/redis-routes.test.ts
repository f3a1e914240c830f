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

test('a port that there cannot be, or a name with two addresses, is refused with one line', () => {
  for (const [text, allowed] of [
    ['app-1=relay:65536', 'must be NAME=HOST:PORT,… with ports from 1 to 65535'],
    ['app-1=relay:0', 'must be NAME=HOST:PORT,… with ports from 1 to 65535'],
    ['app-1=relay:7001,app-1=relay:7002', 'must be NAME=HOST:PORT,… with each name once'],
    ['app-1=relay:99999,app-1=relay:99999', 'must be NAME=HOST:PORT,… with ports from 1 to 65535'],
    ['app-1=relay,app-1=relay', 'must be NAME=HOST:PORT,…: the addresses at which members reach Redis'],
  ] as const)
    assert.deepEqual(
      redisRoutes.safeParse(text).error?.issues.map(({ message }) => message),
      [allowed],
      text,
    );
  assert.equal(redisRoutes.parse('app-1=relay:65535').get('app-1')?.port, 65_535);
});

test('a list that cannot be read is refused with what is allowed', () => {
  for (const text of ['relay:7001', 'app-1=relay', 'app-1=redis://relay:7001', 'app 1=relay:1'])
    assert.equal(
      redisRoutes.safeParse(text).error?.issues[0]?.message,
      'must be NAME=HOST:PORT,…: the addresses at which members reach Redis',
      text,
    );
});
