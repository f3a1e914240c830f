import { mutexes } from '../backends/locks/index.ts';
import { systemClock } from '../services/shared/clock.ts';
import { UnknownName } from '../services/shared/lab-errors.ts';
import { NotInTime, until } from '../services/shared/until.ts';
import { askRedis } from './ask-redis.ts';
import { SENTINELS } from './servers/sentinel.ts';
import type { Member } from './topology.ts';

const TIMEOUT_MS = 200;

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

/** Whether what runs at the address takes commands, or requests, or grants locks. Throws where nobody answers. */
export async function serves(url: string): Promise<boolean> {
  if (url.startsWith('redis:')) return askRedis(url, async (redis) => (await redis.ping()) === 'PONG');
  if (!url.startsWith('http:')) return grants(url);
  // Not kept alive: an idle connection of the lab's own would hold up a replica's drain.
  const once = { headers: { connection: 'close' }, signal: AbortSignal.timeout(1000) };
  return (await fetch(`${url}/readyz`, once)).ok;
}

/** Asks a lock server as the first lease backend would that stands on such a one. */
async function grants(url: string): Promise<boolean> {
  const backend = Object.values(mutexes).find(({ accepts }) => accepts([url]));
  if (!backend) throw new UnknownName(`no lease backend stands on ${url}`);
  const mutex = backend.open({
    servers: [url],
    leaseMs: 1000,
    holder: 'lab',
    timeoutMs: TIMEOUT_MS,
    clock: systemClock,
    random: Math.random,
  });
  try {
    await until('a connection', mutex.ready, { withinMs: TIMEOUT_MS, everyMs: 10 }).catch((error) => {
      // The try itself says best what is wrong.
      if (!(error instanceof NotInTime)) throw error;
    });
    const tried = await mutex.tryLock('ready');
    if (tried.kind === 'locked') await mutex.unlock('ready', tried.token);
    return true;
  } finally {
    mutex.close();
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
