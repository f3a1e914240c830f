import type { Redis } from 'ioredis';
import { mutexes } from '../backends/locks/index.ts';
import { systemClock } from '../services/shared/clock.ts';
import { UnknownName } from '../services/shared/lab-errors.ts';
import { NotInTime, until } from '../services/shared/until.ts';
import { askRedis, isProcess } from './ask-redis.ts';
import { servesKey } from './own/ready.ts';
import { SENTINELS } from './servers/sentinel.ts';
import type { Member } from './topology.ts';

const TIMEOUT_MS = 200;

/** Who must answer for a member to be ready: not just anybody on its port. */
export interface Identity {
  /** The token of the run. */
  readonly run: string;
  /** The pid of a local process; a container has none that the lab could compare. */
  readonly pid?: number;
}

/** Tells whether the member, reached at this address, does its work, and is the one of this run. Throws where nobody answers. */
export function isReady(
  { name, role, standsOn, own }: Member,
  url: string,
  { run, pid }: Identity,
): Promise<boolean> {
  switch (role) {
    case 'replica':
      return own ? servesKey(url, own) : answers(url, { run, name });
    case 'refresher':
    case 'origin':
    case 'relay':
      return answers(url, { run, name });
    case 'proxy':
      // One of the replicas behind it answers.
      return answers(url, { run });
    case 'redis-replica':
      return isInSync(url, pid);
    case 'sentinel':
      // The primary among what it stands on is no replica.
      return knowsEverybody(url, standsOn.length - 1, pid);
    default:
      return serves(url, pid);
  }
}

/**
 * Tells whether what runs at the address takes commands, or requests, or grants locks. A Redis server must be the
 * process with this pid, if one is given. Throws where nobody answers.
 */
export async function serves(url: string, pid?: number): Promise<boolean> {
  if (url.startsWith('redis:'))
    return askRedis(url, async (redis) => (await isOurs(redis, pid)) && (await redis.ping()) === 'PONG');
  if (!url.startsWith('http:')) return grants(url);
  return (await askReadiness(url)).ok;
}

/** Tells whether a service of the lab is ready there, of this run and, if one is given, of this name. */
async function answers(
  url: string,
  wanted: { readonly run: string; readonly name?: string },
): Promise<boolean> {
  const answer = await askReadiness(url);
  if (!answer.ok) return false;
  const said = (await answer.json()) as { readonly run?: unknown; readonly name?: unknown };
  return said.run === wanted.run && (wanted.name === undefined || said.name === wanted.name);
}

const askReadiness = (url: string): Promise<Response> =>
  // Not kept alive: an idle connection of the lab's own would hold up a replica's drain.
  fetch(`${url}/readyz`, { headers: { connection: 'close' }, signal: AbortSignal.timeout(1000) });

const isOurs = async (redis: Redis, pid: number | undefined): Promise<boolean> =>
  pid === undefined || isProcess(redis, pid);

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
const isInSync = (url: string, pid: number | undefined): Promise<boolean> =>
  askRedis(
    url,
    async (redis) =>
      (await isOurs(redis, pid)) && /master_link_status:up/.test(await redis.info('replication')),
  );

/** Whether the Sentinel at this address knows the others and so many Redis replicas. */
const knowsEverybody = (url: string, replicas: number, pid: number | undefined): Promise<boolean> =>
  askRedis(url, async (redis) => {
    if (!(await isOurs(redis, pid))) return false;
    const found = await redis.info('sentinel');
    return found.includes(`status=ok`) && found.includes(`slaves=${replicas},sentinels=${SENTINELS}`);
  });
