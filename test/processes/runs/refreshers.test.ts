import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { keysOf } from '../../../backends/redis/keys.ts';
import { askRedis } from '../../../cluster/ask-redis.ts';
import type { LocalCluster } from '../../../cluster/local/local-cluster.ts';
import { Journals } from '../../../lab/run/recording/journals.ts';
import type { KeyAnswer } from '../../../services/app/server.ts';
import { labFolder } from '../../support/lab.ts';
import { localCluster } from '../../support/local-cluster.ts';
import { until } from '../../support/within.ts';

const TYPED = ['REPLICAS=1', 'TTL=600ms', 'RECOMPUTE=50ms', 'REFRESH_INTERVAL=100ms', 'LEASE=300ms'];

describe('refreshers, as processes', () => {
  const folder = labFolder();
  let cluster: LocalCluster;
  let journals: Journals;

  before(async () => {
    cluster = await localCluster(folder.path, ['STRATEGY=refresh-ahead', ...TYPED]);
    journals = new Journals(cluster.files);
  });
  after(async () => {
    await cluster?.down();
    folder.remove();
  });

  const ask = async (key: string): Promise<KeyAnswer> =>
    (await fetch(`${cluster.replicas[0]?.url}/keys/${key}`)).json() as Promise<KeyAnswer>;

  /** Asks for the key until it has this version, and gives how the answers came about. */
  async function askUntil(key: string, version: number): Promise<Set<string>> {
    const served = new Set<string>();
    const newest = async () => {
      const answer = await ask(key);
      served.add(answer.served);
      return answer.version >= version;
    };
    await until(`version ${version}`, newest, 10_000);
    return served;
  }

  function recomputesOf(key: string) {
    journals.refresh();
    return journals.ledger.flatMap((line) => (line.event === 'begin' && line.key === key ? [line.by] : []));
  }

  it('are there, and say so', async () => {
    assert.deepEqual(
      cluster.refreshers.map(({ name }) => name),
      ['refresher-1', 'refresher-2'],
    );
    for (const { url, name } of cluster.refreshers) {
      await until(`${name} to be ready`, async () => (await fetch(`${url}/readyz`)).ok);
      const ticks = new RegExp(`dogpile_refresh_ticks_total\\{.*replica="${name}"\\} [1-9]`);
      await until(`${name} to look`, async () => ticks.test(await (await fetch(`${url}/metrics`)).text()));
    }
  });

  it('recompute what is asked for before it is due, so that nobody waits', async () => {
    assert.equal((await ask('wanted')).served, 'recomputed');
    for (const served of await askUntil('wanted', 4)) assert.ok(['hit', 'stale'].includes(served), served);
    const [first, ...later] = recomputesOf('wanted');
    assert.equal(first, 'app-1');
    for (const by of later) assert.match(by, /^refresher-[12]$/);
  });

  it('recompute nothing that nobody asks for', async () => {
    await ask('unwanted');
    const { graceMs, ttlMs } = { graceMs: 30_000, ttlMs: 600 };
    const left = () => askRedis(cluster.redis.url, (redis) => redis.pttl(keysOf('unwanted').entry));
    await until('its being due for a whole TTL', async () => (await left()) < graceMs - ttlMs);
    assert.deepEqual(recomputesOf('unwanted'), ['app-1']);
  });

  it('stand in for one another', async () => {
    const { version } = await ask('wanted');
    for (const [index, name] of ['refresher-1', 'refresher-2'].entries()) {
      await cluster.kill(name);
      const served = await askUntil('wanted', version + 2 * (index + 1));
      for (const how of served) assert.ok(['hit', 'stale'].includes(how), `${how} without ${name}`);
      await cluster.restart(name);
    }
    assert.deepEqual(await cluster.casualties(), []);
  });

  it('end what they have begun when they are stopped', async () => {
    await cluster.stop('refresher-1');
    journals.refresh();
    const stopped = journals.events.findLast(({ by, event }) => by === 'refresher-1' && event === 'stopped');
    assert.ok(stopped?.event === 'stopped' && stopped.drained);
  });
});
