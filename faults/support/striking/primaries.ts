import { roleOf } from '../../../cluster/ask-redis.ts';
import type { RedisServer } from '../../../cluster/cluster.ts';
import type { Scene } from '../strike.ts';

/** Enough for the Sentinels to agree, elect and promote, even if the first try fails. */
const PROMOTED_WITHIN_MS = 30_000;

const isPrimary = ({ url }: RedisServer) =>
  roleOf(url).then(
    (role) => role === 'master',
    () => false,
  );

/** Waits until the Sentinels have made another server the primary, and records which. */
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

/** Waits until the first server takes itself for a replica, and records when it last did not. */
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
