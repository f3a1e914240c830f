import assert from 'node:assert/strict';
import { it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { appServer, type KeyAnswer } from '../../../services/app/server.ts';
import { appMetrics } from '../../../services/member/observe/metrics.ts';
import type { Answer, Cache } from '../../../strategies/contract/index.ts';

const STEP_MS = 60;

it('a replica counts its time from the arrival of the request, before its own hooks and handler', async (t) => {
  const answer: Answer<string> = {
    served: 'stale',
    entry: {
      ...{ value: 'v', version: 3, fence: 7, computedWallMs: 0, recomputeMs: 1 },
      ...{ softTtlMs: -5, hardTtlMs: 1000 },
    },
  };
  const server = appServer<string>({
    name: 'app-1',
    strategy: {
      async get() {
        await sleep(STEP_MS);
        return answer;
      },
    },
    cache: {} as Cache<string>,
    metrics: appMetrics({ strategy: 'lock', replica: 'app-1' }),
    journal: { emit() {}, state: { lines: 0 } },
    freshness: { ttlMs: 1000, graceMs: 1000, proxyGraceMs: 0, headers: 'right' },
    ready: () => true,
    logger: false,
  });
  server.addHook('preValidation', () => sleep(STEP_MS));
  t.after(() => server.close());
  const before = performance.now();
  const { tookMs } = (await server.inject('/keys/hot')).json() as KeyAnswer;
  // Timers may fire a millisecond early.
  assert.ok(tookMs >= 2 * STEP_MS - 2, `${tookMs}`);
  assert.ok(tookMs <= performance.now() - before);
});
