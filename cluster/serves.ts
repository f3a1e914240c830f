import { askRedis } from './ask-redis.ts';

/** Whether what runs at the address (redis:// or http://) takes commands, or requests. Throws where nobody answers. */
export async function serves(url: string): Promise<boolean> {
  if (url.startsWith('redis:')) return askRedis(url, async (redis) => (await redis.ping()) === 'PONG');
  // Not kept alive: an idle connection of the lab's own would hold up a replica's drain.
  const once = { headers: { connection: 'close' }, signal: AbortSignal.timeout(1000) };
  return (await fetch(`${url}/readyz`, once)).ok;
}
