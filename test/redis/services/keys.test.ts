import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { isKey } from '../../../strategies/contract/key.ts';
import { rawRequest } from '../../support/raw-http.ts';
import { startOrigin } from '../../support/real-origin.ts';
import { startRedis } from '../../support/redis-server.ts';
import { startReplica } from '../../support/replica-process.ts';

const ALLOWED = ['k', 'a.b', '..a', 'user:42', '-', '_', 'k'.repeat(128)];
const REFUSED = [
  '',
  '.',
  '..',
  '...',
  'k'.repeat(129),
  'k'.repeat(2000),
  'größe',
  'a b',
  'a/b',
  '{k}',
  'a\n',
  '\0',
  'k\u200b',
];
/** Every path of a key that a client may send: as it is, and with each of its bytes encoded. */
const pathsOf = (key: string) => [
  encodeURIComponent(key),
  Buffer.from(key).reduce((path, byte) => `${path}%${byte.toString(16).padStart(2, '0')}`, ''),
];

/** A replica in front of the lab's origin. */
async function stage(t: TestContext) {
  const [redis, origin] = await Promise.all([startRedis(), startOrigin(t)]);
  t.after(redis.stop);
  const replica = await startReplica({ NAME: 'app-1', REDIS_URL: redis.url, ORIGIN_URL: origin.url });
  t.after(replica.kill);
  return { replica, origin };
}

test('what is a key is the same for a request, an invalidation, the origin and the code', async (t) => {
  const { replica, origin } = await stage(t);
  for (const [keys, allowed] of [
    [ALLOWED, true],
    [REFUSED, false],
  ] as const)
    for (const key of keys) {
      assert.equal(isKey(key), allowed, key);
      for (const path of pathsOf(key)) {
        const got = await rawRequest(replica.url, `/keys/${path}`);
        assert.equal(got.status, allowed ? 200 : 400, `GET ${path}: ${got.body}`);
        if (allowed) assert.equal(JSON.parse(got.body).key, key);
        else assert.equal(JSON.parse(got.body).code, 'ERR_DOGPILE_KEY');
        const gone = await rawRequest(replica.url, `/keys/${path}`, { method: 'DELETE' });
        assert.equal(gone.status, allowed ? 204 : 400, `DELETE ${path}: ${gone.body}`);
        const made = await rawRequest(origin.url, `/recompute/${path}?by=app-1`);
        assert.equal(made.status, allowed ? 200 : 400, `origin ${path}: ${made.body}`);
        if (!allowed) assert.match(made.body, /a key has 1 to 128 characters.*Type: /);
      }
    }
});

test('a path that is no encoding is refused, and one that is too long for any key', async (t) => {
  const { replica } = await stage(t);
  assert.equal((await rawRequest(replica.url, '/keys/%zz')).status, 400);
  assert.equal((await rawRequest(replica.url, `/keys/${'k'.repeat(20_000)}`)).status, 431);
});
