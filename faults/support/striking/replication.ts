import { askRedis } from '../../../cluster/ask-redis.ts';
import type { Scene } from '../strike.ts';

/** Cuts the Redis replicas off from the primary, so that they get nothing that it writes from now on. */
export async function cutReplication({ cluster }: Scene): Promise<void> {
  const [, ...replicas] = cluster.redisServers;
  for (const { name } of replicas) await cluster.pause(name);
  // A paused replica would later read what the kernel holds for it, so its connection must go too.
  await askRedis(cluster.redis.url, (redis) => redis.call('CLIENT', 'KILL', 'TYPE', 'replica'));
}

export async function resumeReplicas({ cluster }: Scene): Promise<void> {
  const [, ...replicas] = cluster.redisServers;
  for (const { name } of replicas) await cluster.resume(name);
}

/** Undoes a failover: every Redis server runs again. The old primary comes back empty, and the Sentinels make it a replica. */
export async function healFailover(scene: Scene): Promise<void> {
  const [primary] = scene.cluster.redisServers;
  await resumeReplicas(scene);
  if (primary) await scene.cluster.restart(primary.name);
}
