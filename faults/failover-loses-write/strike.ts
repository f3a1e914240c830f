import { keysOf } from '../../backends/redis/keys.ts';
import { askRedis } from '../../cluster/ask-redis.ts';
import type { Strike } from '../support/strike.ts';
import { nextHolder } from '../support/striking/holder.ts';
import { untilPromoted } from '../support/striking/primaries.ts';
import { cutReplication, healFailover, resumeReplicas } from '../support/striking/replication.ts';
import { STORE_KILLED } from '../support/timeline.ts';
import { THERE } from './expectation.ts';

export const strike: Strike = {
  async plan(scene) {
    return { ...(await nextHolder(scene)), victim: scene.cluster.redis.name };
  },
  async hit(scene, { fence = 0, holder = '' }) {
    const { cluster, settings, journals, until, note } = scene;
    await cutReplication(scene);
    const answered = () => journals.events.find((event) => event.event === 'commit' && event.fence === fence);
    await until('the commit', answered, settings.recomputeMs + 10_000);
    await cluster.kill(cluster.redis.name);
    note(STORE_KILLED, { holder, fence });
  },
  async last(scene, { fence = 0 }) {
    const { settings, journals, until, note } = scene;
    await resumeReplicas(scene);
    const promoted = await untilPromoted(scene);
    const [there, version] = await askRedis(promoted.url, (redis) =>
      redis.hmget(keysOf(settings.key).fence, 'fence', 'version'),
    );
    note(THERE, { fence: Number(there ?? 0), version: Number(version ?? 0) });
    const filled = () =>
      journals.events.find(
        (event) => event.event === 'commit' && event.outcome === 'accepted' && event.fence > fence,
      );
    await until('a fill on the new primary', filled, settings.leaseMs + settings.recomputeMs + 10_000);
  },
  heal: healFailover,
};
