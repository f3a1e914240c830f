import assert from 'node:assert/strict';
import { keysOf } from '../../backends/redis/keys.ts';
import { askRedis } from '../../cluster/ask-redis.ts';
import type { Cluster, Relays } from '../../cluster/cluster.ts';
import { settingsFrom } from '../../lab/parameters/settings.ts';
import { valuesFrom } from '../../lab/parameters/values.ts';
import type { Settings } from '../../record/settings.ts';
import { until, within } from './within.ts';

/** The settings of a small cluster with a relay. */
export const relayedSettings: Settings = {
  ...settingsFrom(valuesFrom('herd', ['STRATEGY=lock', 'REPLICAS=2', 'RECOMPUTE=10ms', 'TTL=60s'], {})),
  relay: true,
};

const WITHIN_MS = 10_000;
/** Longer than the end of a process that is made to end. */
const DOWN_WITHIN_MS = 20_000;

/**
 * Holds a commit of one replica and releases it, then one of the other replica, which dies meanwhile, and ends the cluster
 * while a grant is held.
 */
export async function holdEverywhere(cluster: Cluster): Promise<void> {
  const { relay } = cluster;
  assert.ok(relay, 'the cluster has a relay');
  await commitIsHeldAndReleased(cluster, relay);
  await commitOfTheDeadIsLost(cluster, relay);
  await held(cluster, relay, { script: 'acquire', part: 'reply', key: 'third', of: 'app-1' });
  await within(DOWN_WITHIN_MS, 'the end of the cluster', cluster.down());
}

async function commitIsHeldAndReleased(cluster: Cluster, relay: Relays): Promise<void> {
  const { answer, fence } = await held(cluster, relay, {
    script: 'commit',
    part: 'call',
    key: 'first',
    of: 'app-1',
  });
  assert.equal(await fenceOf(cluster, 'first'), null);
  await relay.release('app-1');
  await answer;
  await until('the commit', async () => (await fenceOf(cluster, 'first')) === `${fence}`);
}

async function commitOfTheDeadIsLost(cluster: Cluster, relay: Relays): Promise<void> {
  await held(cluster, relay, { script: 'commit', part: 'call', key: 'second', of: 'app-2' });
  await cluster.kill('app-2');
  const clients = () => askRedis(cluster.redis.url, (redis) => redis.client('LIST'));
  await until('the end of its connections', async () => !`${await clients()}`.includes('name=app-2'));
  await relay.release('app-2');
  assert.equal(await fenceOf(cluster, 'second'), null);
}

/** Has a replica asked for the key, and gives what the relay holds of that. */
async function held(
  { replicas }: Cluster,
  relay: Relays,
  hold: Parameters<Relays['hold']>[0] & { readonly of: string },
) {
  const first = relay.hold(hold, AbortSignal.timeout(WITHIN_MS));
  // An order that comes after it is carried out after it.
  await relay.delay(hold.of, 0);
  const { url } = replicas.find(({ name }) => name === hold.of) ?? assert.fail(`no ${hold.of}`);
  const answer = fetch(`${url}/keys/${hold.key}`, { headers: { connection: 'close' } }).catch(() => {});
  const { member, fence } = await first;
  assert.equal(member, hold.of);
  assert.ok(fence > 0);
  return { answer, fence };
}

const fenceOf = ({ redis }: Cluster, key: string): Promise<string | null> =>
  askRedis(redis.url, (client) => client.hget(keysOf(key).entry, 'fence'));
