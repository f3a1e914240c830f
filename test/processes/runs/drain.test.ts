import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Redis } from 'ioredis';
import { keysOf } from '../../../backends/redis/keys.ts';
import type { LocalCluster } from '../../../cluster/local/local-cluster.ts';
import { Journals } from '../../../lab/run/recording/journals.ts';
import { eventually, labFolder } from '../../support/lab.ts';
import { localCluster } from '../../support/local-cluster.ts';

const TYPED = ['STRATEGY=lock', 'REPLICAS=1', 'TTL=60s', 'LEASE=20s'];

/** One replica that recomputes for a caller who has left. */
async function abandoned(
  recompute: string,
  then: (cluster: LocalCluster, journals: Journals) => Promise<void>,
) {
  const folder = labFolder();
  const cluster = await localCluster(folder.path, [...TYPED, `RECOMPUTE=${recompute}`]);
  try {
    const journals = new Journals(cluster.files);
    const begun = () => {
      journals.refresh();
      return journals.ledger.length > 0;
    };
    const caller = new AbortController();
    const left = assert.rejects(fetch(`${cluster.replicas[0]?.url}/keys/hot`, { signal: caller.signal }));
    await eventually('the recompute', begun, 10_000);
    caller.abort();
    await left;
    await then(cluster, journals);
  } finally {
    await cluster.down();
    folder.remove();
  }
}

describe('a replica in the middle of a recompute for a caller who left', () => {
  it('stores the value and leaves no lease behind when it is stopped', () =>
    abandoned('1s', async (cluster, journals) => {
      await cluster.stop('app-1');
      journals.refresh();
      const ledger = journals.ledger.map((line) => (line.event === 'end' ? line.ending : line.by));
      assert.deepEqual(ledger, ['app-1', 'ok']);
      const told = journals.events
        .map(({ event }) => event)
        .filter((event) => event !== 'connected' && event !== 'stalled');
      const recompute = ['recompute', 'draining', 'recompute-ended'];
      assert.deepEqual(told, ['started', 'granted', ...recompute, 'committing', 'commit', 'stopped']);
      assert.ok(journals.events.some((event) => event.event === 'stopped' && event.drained));
      assert.deepEqual(await cluster.casualties(), []);
      const redis = new Redis(cluster.redis.url);
      try {
        assert.equal(await redis.exists(keysOf('hot').entry), 1);
        assert.equal(await redis.exists(keysOf('hot').lease), 0);
      } finally {
        redis.disconnect();
      }
    }));

  it('does not hold up the end of the whole cluster', () =>
    abandoned('50s', async (cluster) => {
      const since = performance.now();
      await cluster.down();
      const tookMs = performance.now() - since;
      assert.ok(tookMs < 10_000, `${tookMs} ms`);
    }));
});
