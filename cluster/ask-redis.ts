import { Redis } from 'ioredis';

/** One question to a server, over a connection of its own; throws when it is not answered within half a second. */
export async function askRedis<T>(url: string, question: (redis: Redis) => Promise<T>): Promise<T> {
  const redis = new Redis(url, {
    lazyConnect: true,
    retryStrategy: () => null,
    enableReadyCheck: false,
    connectTimeout: 500,
    commandTimeout: 500,
  });
  redis.on('error', () => {});
  try {
    await redis.connect();
    return await question(redis);
  } finally {
    redis.disconnect();
  }
}

/** What a server takes itself for. */
export const roleOf = (url: string): Promise<string | undefined> =>
  askRedis(url, async (redis) => /^role:(\w+)/m.exec(await redis.info('replication'))?.[1]);
