import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { replicasBehind } from '../../../load/endless/replicas.ts';
import { StageReplica } from '../../support/stage-replica.ts';
import { until } from '../../support/within.ts';

/** An address of this machine, or of nobody, where nothing listens. */
const NOBODY = '127.0.0.9';

describe('the replicas behind a name', () => {
  it('are found by the resolver of the machine, once they are ready', async () => {
    const replica = await StageReplica.start();
    const find = replicasBehind(`http://localhost:${replica.port}`);
    try {
      replica.isReady = false;
      assert.deepEqual(await find(), []);
      replica.isReady = true;
      assert.deepEqual(await find(), [{ name: `127.0.0.1:${replica.port}`, url: replica.url }]);
    } finally {
      await replica.close();
    }
    assert.deepEqual(await find(), []);
  });

  it('are those of its addresses where somebody is ready', async () => {
    const replica = await StageReplica.start();
    try {
      const find = replicasBehind(`http://app:${replica.port}`, {
        resolve: async () => [NOBODY, '127.0.0.1'],
      });
      assert.deepEqual(
        (await find()).map(({ url }) => url),
        [replica.url],
      );
    } finally {
      await replica.close();
    }
  });

  it('stay while they are too busy to say that they are ready, if they were', async () => {
    const replica = await StageReplica.start();
    const url = `http://localhost:${replica.port}`;
    try {
      replica.isReady = undefined;
      const busy = { withinMs: 100 };
      assert.deepEqual(await replicasBehind(url, busy)(), []);
      const known = replicasBehind(url, busy);
      await until('that it is found', async () => {
        replica.isReady = true;
        return (await known()).length === 1;
      });
      replica.isReady = undefined;
      for (let look = 0; look < 2; look += 1) assert.equal((await known()).length, 1);
      replica.isReady = false;
      await until('that it is missed', async () => (await known()).length === 0);
    } finally {
      await replica.close();
    }
  });

  it('are the ones found last while the name cannot be resolved, and nobody before', async () => {
    const replica = await StageReplica.start();
    let resolves = false;
    const find = replicasBehind(`http://app:${replica.port}`, {
      async resolve() {
        if (!resolves) throw new Error('EAI_AGAIN');
        return ['127.0.0.1'];
      },
    });
    try {
      assert.deepEqual(await find(), []);
      resolves = true;
      assert.equal((await find()).length, 1);
      resolves = false;
      assert.equal((await find()).length, 1);
    } finally {
      await replica.close();
    }
  });
});
