import './container-guard.ts';
import { ranOn } from './ran-on.ts';
import { placeOfRedis } from './redis-place.ts';
import { startRedisProcess } from './redis-process.ts';
import type { RedisServer } from './test-redis.ts';

type Start = () => Promise<RedisServer>;

let chosen: Promise<Start> | undefined;

/** Resolves once it accepts connections. Where it runs is chosen once a process, and told. */
export async function startRedis(): Promise<RedisServer> {
  chosen ??= choose();
  const start = await chosen;
  return start();
}

async function choose(): Promise<Start> {
  const { place, why } = await placeOfRedis(process.env);
  if (place === 'local') {
    ranOn(`a redis-server of this machine (${why})`);
    return startRedisProcess;
  }
  // Loaded where it is wanted: it takes as long as all the rest of a test.
  const { REDIS_IMAGE, startRedisContainer } = await import('./redis-container.ts');
  ranOn(`a container of ${REDIS_IMAGE} (${why})`);
  return startRedisContainer;
}
