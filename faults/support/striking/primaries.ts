import { roleOf } from '../../../cluster/ask-redis.ts';
import type { RedisServer } from '../../../cluster/cluster.ts';
import type { Scene } from '../strike.ts';

/** Sentinels agree, elect, promote; the first try may fail. */
const PROMOTED_WITHIN_MS = 30_000;

const isPrimary = ({ url }: RedisServer) =>
  roleOf(url).then(
    (role) => role === 'master',
    () => false,
  );

/** Waits for the Sentinels to make another server the primary, and notes which. */
export async function untilPromoted({ cluster, until, note }: Scene): Promise<RedisServer> {
  const [, ...replicas] = cluster.redisServers;
  const look = async () => {
    const are = await Promise.all(replicas.map(isPrimary));
    return replicas[are.indexOf(true)];
  };
  const promoted = await until('the promotion of a replica', look, PROMOTED_WITHIN_MS);
  note('promoted', { server: promoted.name });
  return promoted;
}

/** Waits for the first server to take itself for a replica, and notes when it last did not. */
export async function untilDemoted({ cluster, until, note }: Scene): Promise<void> {
  let stillAt = 0;
  const look = async () => {
    const askedAt = Date.now();
    const role = await roleOf(cluster.redis.url).catch(() => undefined);
    if (role === 'slave') return true;
    if (role === 'master') stillAt = askedAt;
  };
  await until('the demotion of the old primary', look, PROMOTED_WITHIN_MS);
  note('demoted', { stillAt });
}
