import { askRedis } from './ask-redis.ts';
import { SENTINELS } from './sentinel.ts';
import { serves } from './serves.ts';
import type { Member } from './topology.ts';

/** Whether the member, reached at this address, does its work. Throws where nobody answers. */
export function isReady({ role, standsOn }: Member, url: string): Promise<boolean> {
  switch (role) {
    case 'redis-replica':
      return isInSync(url);
    case 'sentinel':
      // The primary among what it stands on is no replica.
      return knowsEverybody(url, standsOn.length - 1);
    default:
      return serves(url);
  }
}

/** Whether the Redis replica at this address has what its primary has. */
const isInSync = (url: string): Promise<boolean> =>
  askRedis(url, async (redis) => /master_link_status:up/.test(await redis.info('replication')));

/** Whether the Sentinel at this address knows the others and so many Redis replicas. */
const knowsEverybody = (url: string, replicas: number): Promise<boolean> =>
  askRedis(url, async (redis) => {
    const found = await redis.info('sentinel');
    return found.includes(`status=ok`) && found.includes(`slaves=${replicas},sentinels=${SENTINELS}`);
  });
