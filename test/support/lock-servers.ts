import { startRedis } from './redis-server.ts';
import type { RedisServer } from './test-redis.ts';

/** The servers that a mutex stands on. Whoever starts them stops them. */
export interface LockServers {
  readonly addresses: readonly string[];
  stop(): Promise<void>;
}

/** Independent Redis servers, each of which can be killed, and started again with nothing in it. */
export interface RedisLockServers extends LockServers {
  kill(...indices: number[]): Promise<void>;
  /** At the old address. Resolves once it accepts connections, not once anybody is connected again. */
  restart(...indices: number[]): Promise<void>;
  at(index: number): RedisServer;
}

export async function startRedisLockServers(count = 5): Promise<RedisLockServers> {
  const servers = await Promise.all(Array.from({ length: count }, () => startRedis()));
  const at = (index: number) => {
    const server = servers[index];
    if (!server) throw new Error(`no lock server ${index}`);
    return server;
  };
  const each = (indices: number[], act: (index: number) => Promise<void>) =>
    Promise.all(indices.map(act)).then(() => {});
  return {
    addresses: servers.map(({ url }) => url),
    at,
    kill: (...indices) => each(indices, (index) => at(index).kill()),
    restart: (...indices) => each(indices, (index) => at(index).restart()),
    stop: () => each([...servers.keys()], (index) => at(index).stop()),
  };
}
