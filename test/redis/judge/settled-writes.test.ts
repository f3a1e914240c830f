import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { SAME_CLOCK } from '../../../judge/clocks.ts';
import { commitOperationsIn } from '../../../judge/operations/operations.ts';
import { commitsOf, type SettledCommit, settleCommits } from '../../../judge/operations/settled-commits.ts';
import type { Arrival } from '../../../record/arrival.ts';
import type { RecordedEvent } from '../../../record/events.ts';
import type { Begun } from '../../../record/ledger.ts';
import { wallTimeMs } from '../../../services/shared/wall-time.ts';
import { startHeldOrigin } from '../../support/held-origin.ts';
import { startMutedRedis } from '../../support/muted-redis.ts';
import { startRedis } from '../../support/redis-server.ts';
import { eventsIn, startReplica } from '../../support/replica-process.ts';
import { until } from '../../support/within.ts';

const REPLICAS = ['app-1', 'app-2'] as const;
const LONG_MS = 60_000;

/**
 * Two replicas with a real Redis and an origin that answers when the test says so. Only the first one's way to Redis can
 * lose what is sent. The first one recomputes version 7, for which the second one waits.
 */
async function stage(t: TestContext, { leaseMs = LONG_MS, redisTimeoutMs = 1000 } = {}) {
  const folder = mkdtempSync(join(tmpdir(), 'dogpile-'));
  t.after(() => rmSync(folder, { recursive: true }));
  const redis = await startRedis();
  t.after(redis.stop);
  const origin = await startHeldOrigin();
  t.after(origin.close);
  const way = await startMutedRedis(redis.url);
  t.after(way.close);
  const journalOf = (name: string) => join(folder, `${name}.jsonl`);
  const [first, second] = await Promise.all(
    REPLICAS.map(async (name) => {
      const replica = await startReplica({
        NAME: name,
        STRATEGY: 'lock',
        TTL_MS: `${LONG_MS}`,
        LEASE_MS: `${leaseMs}`,
        REDIS_TIMEOUT_MS: `${name === 'app-1' ? redisTimeoutMs : LONG_MS}`,
        REDIS_URL: name === 'app-1' ? way.url : redis.url,
        ORIGIN_URL: origin.url,
        EVENTS: journalOf(name),
      });
      t.after(replica.kill);
      return replica;
    }),
  );
  assert.ok(first && second);
  const events = (): RecordedEvent[] =>
    REPLICAS.map(journalOf)
      .filter((path) => existsSync(path))
      .flatMap((path) => eventsIn(path));
  const has = (by: string, event: string) => events().some((one) => one.by === by && one.event === event);

  const arrivals: Arrival[] = [];
  /** Asks a replica for the key, and records its answer as the herd does. */
  async function get({ url }: { readonly url: string }): Promise<Arrival | undefined> {
    const sentAt = wallTimeMs();
    try {
      const answered = await fetch(`${url}/keys/hot`);
      const body = (await answered.json()) as Pick<Arrival, 'served' | 'version' | 'by' | 'degraded'>;
      const arrival = { ...body, dueAt: sentAt, sentAt, endedAt: wallTimeMs(), ending: 'ok' as const };
      arrivals.push(arrival);
      return arrival;
    } catch {
      return undefined;
    }
  }

  const own = get(first);
  await until('the recompute', () => origin.asked.length === 1);
  const others = get(second);
  await until('the waiter', () => has('app-2', 'waiting'));
  return {
    ...{ redis, origin, way, first, second, get, own, others, has },
    /** What became of the first one's write, by what lies in the journals, the ledger and the answers. */
    settled(): SettledCommit {
      const settled = settleCommits(commitOperationsIn(events(), 'hot'), {
        ...{ key: 'hot', events: events(), arrivals, clocks: SAME_CLOCK, isForgotten: () => false },
        ledger: origin.asked.map(begunBy),
      }).find(({ by }) => by === 'app-1');
      return settled ?? assert.fail('no write');
    },
  };
}

/** The line that the origin writes into its ledger when it is asked this. */
function begunBy(asked: string, index: number): Begun {
  const { searchParams } = new URL(asked, 'http://origin');
  const begun = { event: 'begin' as const, id: index, key: 'hot', version: 7 + index, arrivedAt: 0, at: 0 };
  return {
    ...begun,
    by: searchParams.get('by') ?? '',
    seenAt: Number(searchParams.get('seenAt')),
    replaces: Number(searchParams.get('replaces')),
  };
}

const rangeOf = (settled: SettledCommit) => {
  const [commit] = commitsOf([settled], SAME_CLOCK, undefined);
  assert.ok(commit?.accepted && commit.until);
  return { fromMs: commit.atStoreMs, untilMs: commit.until.storeMs };
};

describe('a write whose reply never came', () => {
  it('was accepted though its reply was lost: a waiter elsewhere was woken by it', async (t) => {
    const { way, origin, own, others, settled } = await stage(t);
    way.lose('replies');
    const before = wallTimeMs();
    origin.answer(7);
    assert.deepEqual(pick(await others), { version: 7, served: 'waited', degraded: false });
    const after = wallTimeMs();
    // Its own caller has the value, and nobody there knows whether it is stored.
    assert.equal((await own)?.degraded, true);
    const found = settled();
    assert.deepEqual([found.outcome, found.decision], ['accepted', undefined]);
    const { fromMs, untilMs } = rangeOf(found);
    assert.ok(before <= fromMs && fromMs <= untilMs && untilMs <= after);
  });

  it('was accepted though its writer was killed before it wrote the decision down', async (t) => {
    const { way, origin, first, others, own, has, settled } = await stage(t, { redisTimeoutMs: LONG_MS });
    way.lose('replies');
    origin.answer(7);
    assert.equal((await others)?.version, 7);
    await first.kill();
    assert.equal(await own, undefined);
    assert.ok(has('app-1', 'committing') && !has('app-1', 'commit'));
    assert.equal(settled().outcome, 'accepted');
  });

  it('is open while Redis is frozen, and was accepted once Redis has executed it, after its caller gave up', async (t) => {
    const { redis, origin, own, others, has, settled } = await stage(t);
    await redis.freeze();
    t.after(() => redis.thaw());
    origin.answer(7);
    assert.equal((await own)?.degraded, true);
    await until('the end of the write', () => has('app-1', 'commit'));
    assert.equal(settled().outcome, 'open');
    const thawedAt = wallTimeMs();
    await redis.thaw();
    assert.deepEqual(pick(await others), { version: 7, served: 'waited', degraded: false });
    const { fromMs, untilMs } = rangeOf(settled());
    assert.ok(fromMs < thawedAt && untilMs >= thawedAt);
  });

  it('is absent if it never arrived, once another holder has taken over', async (t) => {
    const { way, origin, own, others, settled } = await stage(t, { leaseMs: 2000 });
    way.lose('calls');
    origin.answer(7);
    assert.equal((await own)?.degraded, true);
    await until('the take-over', () => origin.asked.length === 2);
    assert.equal(settled().outcome, 'absent');
    origin.answer(8);
    assert.deepEqual(pick(await others), { version: 8, served: 'recomputed', degraded: false });
    assert.equal(settled().outcome, 'absent');
  });
});

function pick(arrival: Arrival | undefined) {
  const { version, served, degraded } = arrival ?? assert.fail('no answer');
  return { version, served, degraded };
}
