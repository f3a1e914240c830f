import { Redis } from 'ioredis';

/** Everything the replicas send; what their scripts call inside the server is not a command of theirs. */
const SENT = /^cmdstat_(eval|evalsha|subscribe|unsubscribe):calls=(\d+)/gm;

export interface Commands {
  readonly run: string;
  readonly count: number;
}

export interface RedisProbe {
  readonly version: string;
  /** Commands the server was sent so far, since it began as `run`; null when it does not answer. */
  commands(): Promise<Commands | null>;
  /** Gives the server's time in ms since the epoch, with a fraction. Throws if it does not answer. */
  timeMs(): Promise<number>;
  close(): void;
}

/** Asks the server itself what it was asked. */
export async function probeRedis(url: string): Promise<RedisProbe> {
  const redis = new Redis(url, {
    connectionName: 'lab',
    commandTimeout: 1000,
    maxRetriesPerRequest: 0,
    enableReadyCheck: false,
  });
  redis.on('error', () => {});
  const server = await redis.info('server');
  return {
    version: /^(?:redis|valkey)_version:(.+)\r$/m.exec(server)?.[1] ?? 'unknown',
    async commands() {
      try {
        const [server, stats] = await Promise.all([redis.info('server'), redis.info('commandstats')]);
        const [, run = ''] = /^run_id:(\w+)/m.exec(server) ?? [];
        return { run, count: [...stats.matchAll(SENT)].reduce((sum, [, , calls]) => sum + Number(calls), 0) };
      } catch {
        return null;
      }
    },
    async timeMs() {
      const [seconds, microseconds] = await redis.time();
      return Number(seconds) * 1000 + Number(microseconds) / 1000;
    },
    close: () => redis.disconnect(),
  };
}
