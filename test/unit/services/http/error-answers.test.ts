import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { appServer } from '../../../../services/app/server.ts';
import { appMetrics } from '../../../../services/member/observe/metrics.ts';
import {
  Contended,
  LeaseUnavailable,
  OriginFailed,
  Overloaded,
  StoreRefused,
  StoreUnavailable,
} from '../../../../strategies/contract/errors.ts';
import type { Cache } from '../../../../strategies/contract/index.ts';
import { startOrigin, warningsIn } from '../../../support/real-origin.ts';

/** What only the log may have. */
const INTERNAL = "connect ECONNREFUSED 10.1.2.3:6379: READONLY You can't write against a read only replica.";
const cause = new Error(INTERNAL);
const details = { key: 'k', cause };

/** A replica all of whose reads and invalidations fail so. */
function replicaThatFails(t: TestContext, error: Error) {
  const lines: string[] = [];
  const fail = () => Promise.reject(error);
  const server = appServer<string>({
    name: 'app-1',
    strategy: { get: fail },
    cache: { invalidate: fail } as unknown as Cache<string>,
    metrics: appMetrics({ strategy: 'lock', replica: 'app-1' }),
    journal: { emit() {}, state: { lines: 0 } },
    freshness: { ttlMs: 1000, graceMs: 1000, proxyGraceMs: 0, headers: 'right' },
    ready: () => true,
    logger: { stream: { write: (line) => lines.push(line) } },
  });
  t.after(() => server.close());
  return { server, warnings: () => warningsIn(lines) };
}

for (const [error, status, code] of [
  [new OriginFailed(INTERNAL, details), 502, 'ERR_DOGPILE_ORIGIN_FAILED'],
  [new Contended(INTERNAL, details), 504, 'ERR_DOGPILE_CONTENDED'],
  [new Overloaded(INTERNAL, details), 503, 'ERR_DOGPILE_OVERLOADED'],
  [new StoreUnavailable(INTERNAL, details), 503, 'ERR_DOGPILE_STORE_UNAVAILABLE'],
  [new LeaseUnavailable(INTERNAL, details), 503, 'ERR_DOGPILE_LEASE_UNAVAILABLE'],
  [new StoreRefused(INTERNAL, details), 500, 'ERR_DOGPILE_STORE_REFUSED'],
  [Object.assign(new TypeError(INTERNAL, { cause }), { code: 'ECONNREFUSED' }), 500, 'ERR_DOGPILE_INTERNAL'],
] as const)
  test(`the answer to a ${error.name} has its code and nothing from within, which the log has`, async (t) => {
    const { server, warnings } = replicaThatFails(t, error);
    for (const method of ['GET', 'DELETE'] as const) {
      const answer = await server.inject({ method, url: '/keys/k' });
      assert.equal(answer.statusCode, status);
      assert.equal(answer.json().code, code);
      assert.doesNotMatch(answer.body, /ECONN|10\.1\.2\.3|6379|READONLY|stack|\.ts/);
      assert.match(answer.json().message, /^[^\n]+$/);
      assert.equal(answer.headers['retry-after'], status === 503 ? '1' : undefined);
    }
    assert.equal(warnings().length, 2);
    for (const line of warnings()) assert.ok(JSON.parse(line).err.stack.includes(INTERNAL));
  });

test('an invalidation that a web page could send is refused', async (t) => {
  const { server } = replicaThatFails(t, new StoreUnavailable('gone'));
  for (const headers of [
    { origin: 'http://evil.example' },
    { 'sec-fetch-site': 'cross-site' },
    { host: 'evil.example' },
  ])
    assert.equal((await server.inject({ method: 'DELETE', url: '/keys/k', headers })).statusCode, 403);
  for (const host of ['127.0.0.1:8001', 'app-1:8001', 'localhost'])
    assert.equal(
      (await server.inject({ method: 'DELETE', url: '/keys/k', headers: { host } })).statusCode,
      503,
    );
});

test('the origin says that it fails as it was told to, and nothing of any other failure', async (t) => {
  const told = await startOrigin(t, { members: ['app-1'], behaviour: { errorRate: 1 } });
  const failed = await told.server.inject('/recompute/k?by=app-1');
  assert.equal(failed.statusCode, 500);
  assert.deepEqual(failed.json(), {
    code: 'ERR_DOGPILE_TOLD_TO_FAIL',
    message: 'the origin fails as it was told to',
  });
  assert.deepEqual(told.warnings(), []);
  const broken = await startOrigin(t, { members: ['app-1'] });
  broken.metrics.running.add = () => {
    throw new Error(INTERNAL);
  };
  const answer = await broken.server.inject('/recompute/k?by=app-1');
  assert.deepEqual(
    [answer.statusCode, answer.json()],
    [500, { message: 'the origin failed; its log says why' }],
  );
  assert.equal(broken.warnings().length, 1);
});
