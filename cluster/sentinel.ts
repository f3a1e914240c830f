import { askRedis } from './ask-redis.ts';

/** What the Sentinels of both runtimes go by; compose/failover.yaml repeats it. */
export const SENTINELS = 3;
export const QUORUM = 2;
/** What they call the primary and its replicas. */
export const NAME = 'lab';
/** How long Sentinels go without an answer before they take a server for dead. */
export const DOWN_AFTER_MS = 1000;
/** A failover that found no replica fit is tried again after twice this. */
export const FAILOVER_TIMEOUT_MS = 3000;
/** Replicas acknowledge once a second; one that is this much behind does not count for `min-replicas-to-write`. */
export const MAX_LAG_SECONDS = 2;

/** Whether the Redis replica at this address has what its primary has. */
export const isInSync = (url: string): Promise<boolean> =>
  askRedis(url, async (redis) => /master_link_status:up/.test(await redis.info('replication')));

/** Whether the Sentinel at this address knows the others and so many Redis replicas. */
export const knowsEverybody = (url: string, replicas: number): Promise<boolean> =>
  askRedis(url, async (redis) => {
    const found = await redis.info('sentinel');
    return found.includes(`status=ok`) && found.includes(`slaves=${replicas},sentinels=${SENTINELS}`);
  });

/** The app replicas on the primary's side of the network, in the face of a partition: the first half. */
export const nearOf = (replicas: readonly string[]): readonly string[] =>
  replicas.slice(0, Math.ceil(replicas.length / 2));
