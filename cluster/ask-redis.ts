import { Redis } from 'ioredis';
import { MemberFailed } from '../services/shared/lab-errors.ts';

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

/** Tells whether the server is the process with this pid. Sentinels answer too. */
export const isProcess = async (redis: Redis, pid: number): Promise<boolean> =>
  new RegExp(`^process_id:${pid}\\r?$`, 'm').test(await redis.info('server'));

/** Gives a server's `run_id`, which changes with every start. Throws {@link MemberFailed} if the server gives none. */
export const runIdOf = (url: string): Promise<string> =>
  askRedis(url, async (redis) => {
    const runId = /^run_id:(\w+)/m.exec(await redis.info('server'))?.[1];
    if (runId === undefined) throw new MemberFailed(`${url} tells no run_id`);
    return runId;
  });
