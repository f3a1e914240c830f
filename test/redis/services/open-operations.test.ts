import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { redisCache } from '../../../backends/redis/cache.ts';
import { connectRedis } from '../../../backends/redis/ioredis/connection.ts';
import { keysOf } from '../../../backends/redis/keys.ts';
import { askRedis } from '../../../cluster/ask-redis.ts';
import type { Event, RecordedEvent } from '../../../record/events.ts';
import { startHeldOrigin } from '../../support/held-origin.ts';
import { startRedis } from '../../support/redis-server.ts';
import { eventsIn, startReplica } from '../../support/replica-process.ts';
import { until } from '../../support/within.ts';

const TERM_MS = 60_000;
/** More than a busy machine takes for a command. */
const SILENT_MS = 2000;

/** A replica in front of a real Redis that the test freezes, and of an origin that answers when the test says so. */
async function stage(t: TestContext, redisTimeoutMs: number) {
  const folder = mkdtempSync(join(tmpdir(), 'dogpile-'));
  const journal = join(folder, 'app-1.jsonl');
  const [redis, origin] = await Promise.all([startRedis(), startHeldOrigin()]);
  const start = () =>
    startReplica({
      NAME: 'app-1',
      STRATEGY: 'lock',
      TTL_MS: `${TERM_MS}`,
      LEASE_MS: `${TERM_MS}`,
      REDIS_TIMEOUT_MS: `${redisTimeoutMs}`,
      REDIS_URL: redis.url,
      ORIGIN_URL: origin.url,
      EVENTS: journal,
    });
  const replica = await start();
  t.after(async () => {
    await replica.kill();
    await origin.close();
    await redis.stop();
    rmSync(folder, { recursive: true });
  });
  return {
    redis,
    origin,
    replica,
    start,
    ofKind: <K extends Event['event']>(kind: K) => eventsIn(journal).filter(isOf(kind)),
    operations: () => eventsIn(journal).filter((event) => 'op' in event),
    untilAsked: (times: number) => until('the recompute', () => origin.asked.length === times),
  };
}

/** Asks a replica for the key. Undefined: it died meanwhile. */
const get = (url: string): Promise<{ version: number } | undefined> =>
  fetch(`${url}/keys/hot`).then(
    async (answer) => (await answer.json()) as { version: number },
    () => undefined,
  );

const isOf =
  <K extends Event['event']>(kind: K) =>
  (event: RecordedEvent): event is RecordedEvent & { event: K } =>
    event.event === kind;

describe('an operation whose reply never comes', () => {
  it('is journalled before it is sent and ends as unknown, and the store may have done it all the same', async (t) => {
    const { redis, origin, replica, untilAsked, ofKind, operations } = await stage(t, SILENT_MS);
    const answer = get(replica.url);
    await untilAsked(1);
    await redis.freeze();
    t.after(() => redis.thaw());
    origin.answer(7);
    assert.equal((await answer)?.version, 7);

    const [begun, ended, committing, commit, ...more] = operations();
    assert.deepEqual(more, []);
    assert.deepEqual(
      [begun, ended, committing, commit].map((event) => event?.event),
      ['recompute', 'recompute-ended', 'committing', 'commit'],
    );
    const [grant] = ofKind('granted');
    assert.ok(grant && begun?.event === 'recompute' && committing?.event === 'committing');
    assert.deepEqual([begun.replaces, committing.replaces, committing.version], [0, 0, 7]);
    assert.equal(committing.fence, grant.fence);
    assert.ok(ended?.event === 'recompute-ended' && ended.outcome === 'ok');
    assert.deepEqual([ended.op, ended.version], [begun.op, 7]);
    assert.ok(commit?.event === 'commit' && commit.outcome === 'unknown');
    assert.deepEqual([commit.op, commit.version, commit.fence], [committing.op, 7, grant.fence]);
    assert.ok(commit.op !== begun.op && commit.why.length > 0);

    await redis.thaw();
    const port = connectRedis({ url: redis.url }, { name: 'outside', commandTimeoutMs: 1000 });
    t.after(() => port.close());
    const cache = redisCache(port, { ttlMs: TERM_MS, graceMs: 0 });
    const stored = async () => (await cache.read('hot').catch(() => undefined))?.entry;
    assert.equal((await until('the value', stored)).version, 7);
  });

  it('ends as failed if the store answers that it cannot write', async (t) => {
    const { redis, origin, replica, untilAsked, ofKind } = await stage(t, TERM_MS);
    const answer = get(replica.url);
    await untilAsked(1);
    const needReplicas = (count: number) =>
      askRedis(redis.url, (client) => client.config('SET', 'min-replicas-to-write', count));
    await needReplicas(1);
    try {
      origin.answer(7);
      assert.equal((await answer)?.version, 7);
    } finally {
      // The server is another test's next.
      await needReplicas(0);
    }
    const [commit] = ofKind('commit');
    assert.ok(commit?.outcome === 'fail');
    assert.match(commit.why, /NOREPLICAS/);
    assert.equal(await askRedis(redis.url, (client) => client.exists(keysOf('hot').entry)), 0);
  });

  it('stays open when its replica dies, and a replica that goes on with the journal never ends it', async (t) => {
    const { redis, origin, replica, start, untilAsked, ofKind, operations } = await stage(t, TERM_MS);
    void get(replica.url);
    await untilAsked(1);
    await redis.freeze();
    t.after(() => redis.thaw());
    origin.answer(7);
    const open = await until('the commit', () => ofKind('committing')[0]);
    await replica.kill();
    const before = operations();
    assert.deepEqual(before.at(-1), open);
    await redis.thaw();

    const next = await start();
    t.after(next.kill);
    await fetch(`${next.url}/keys/hot`, { method: 'DELETE' });
    void get(next.url);
    await untilAsked(2);
    origin.answer(8);
    await until('its commit', () => ofKind('commit').length === 1);
    const [commit] = ofKind('commit');
    assert.ok(commit?.outcome === 'accepted' && commit.version === 8);
    const numbers = new Set(before.map(({ op }) => op));
    assert.ok(
      operations()
        .slice(before.length)
        .every(({ op }) => !numbers.has(op)),
    );
  });
});
