import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import type { KeyAnswer } from '../../../services/app/server.ts';
import { startHeldOrigin } from '../../support/held-origin.ts';
import { startRedis } from '../../support/redis-server.ts';
import { eventsIn, startReplica } from '../../support/replica-process.ts';
import { until } from '../../support/within.ts';

const FROZEN_MS = 300;

it('a replica records that it was frozen, and its answer tells how long it took in the replica', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'dogpile-'));
  const journal = join(folder, 'app-1.jsonl');
  const [redis, origin] = await Promise.all([startRedis(), startHeldOrigin()]);
  const replica = await startReplica({
    NAME: 'app-1',
    STRATEGY: 'lock',
    REDIS_URL: redis.url,
    ORIGIN_URL: origin.url,
    EVENTS: journal,
  });
  t.after(async () => {
    await replica.kill();
    await origin.close();
    await redis.stop();
    rmSync(folder, { recursive: true });
  });
  const answer = fetch(`${replica.url}/keys/hot`).then((answer) => answer.json()) as Promise<KeyAnswer>;
  await until('the recompute', () => origin.asked.length === 1);
  replica.freeze();
  // The time of the freeze, not a wait for something to happen.
  await sleep(FROZEN_MS);
  replica.thaw();
  const stall = await until('the stall', () =>
    eventsIn(journal).find((event) => event.event === 'stalled' && event.forMs >= FROZEN_MS - 10),
  );
  assert.equal(stall.by, 'app-1');
  origin.answer(1);
  const { tookMs, served } = await answer;
  assert.equal(served, 'recomputed');
  assert.ok(tookMs >= FROZEN_MS - 10 && tookMs < 60_000, `${tookMs}`);
});
