import { keysOf } from '../../backends/redis/keys.ts';
import { askRedis } from '../../cluster/ask-redis.ts';
import { isDecidedCommit } from '../../record/events.ts';
import { wallTimeMs } from '../../services/shared/wall-time.ts';
import type { Scene, Strike } from '../support/strike.ts';
import { untilPromoted } from '../support/striking/primaries.ts';
import { cutReplication, healFailover, resumeReplicas } from '../support/striking/replication.ts';
import { untilWarm } from '../support/striking/warm.ts';
import { STORE_KILLED } from '../support/timeline.ts';

/** How long before the expiry to cut the Redis replicas off: long enough to do it, too short for a Sentinel to react. */
const BEFORE_EXPIRY_MS = 300;

export const strike: Strike = {
  async plan(scene) {
    await untilWarm(scene);
    if (scene.settings.waitReplicas === 0) await untilShortlyBeforeExpiry(scene);
    return { victim: scene.cluster.redis.name };
  },
  async hit(scene) {
    const { cluster, settings, journals, until, note } = scene;
    if (settings.waitReplicas === 0) await cutReplication(scene);
    const from = wallTimeMs();
    const next = () =>
      journals.events.find(
        (event) => event.event === 'granted' && event.key === settings.key && event.at > from,
      );
    const grant = await until('the next grant', next, settings.ttlMs + 10_000);
    await cluster.kill(cluster.redis.name);
    if (grant.event === 'granted') note(STORE_KILLED, { holder: grant.by, fence: grant.fence });
  },
  async last(scene) {
    const { settings, journals, until, note } = scene;
    // Nobody grants any more, so it is the newest.
    const orphan = Math.max(
      ...journals.events.map((event) =>
        event.event === 'granted' && event.key === settings.key ? event.fence : 0,
      ),
    );
    await resumeReplicas(scene);
    const promoted = await untilPromoted(scene);
    const newest = await askRedis(promoted.url, (redis) =>
      redis.hget(keysOf(settings.key).fence, 'fence'),
    ).catch(() => null);
    note('newest fence there', { fence: Number(newest ?? 0) });
    const filled = () => journals.events.find((event) => isDecidedCommit(event) && event.fence > orphan);
    await until('a fill on the new primary', filled, settings.leaseMs + settings.recomputeMs + 10_000);
  },
  heal: healFailover,
};

async function untilShortlyBeforeExpiry({ until, journals, settings }: Scene): Promise<void> {
  const from = wallTimeMs();
  const next = () =>
    journals.events.find((event) => isDecidedCommit(event) && event.key === settings.key && event.at > from);
  const filled = await until('the next fill', next, 3 * settings.ttlMs + 10_000);
  const moment = filled.at + settings.ttlMs - BEFORE_EXPIRY_MS;
  await until(
    'the approach of the expiry',
    () => (wallTimeMs() >= moment ? true : undefined),
    2 * settings.ttlMs,
  );
}
