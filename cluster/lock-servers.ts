import { type LeaseBackend, type MutexName, mutexes } from '../backends/locks/index.ts';
import { systemClock } from '../services/shared/clock.ts';
import { HOST } from './local/members.ts';
import { serves } from './serves.ts';

/** The kinds of server that lock-server.sh becomes. */
export type LockServerKind = 'postgres' | 'mariadb' | 'memcached';

/** What a lease backend stands on beside the store of the values; without a server, on a folder that all replicas see. */
export interface LockServers {
  readonly kind: LockServerKind | 'redis' | 'folder';
  readonly count: number;
}

const SERVERS: Record<LeaseBackend, LockServers | undefined> = {
  redis: undefined,
  redlock: { kind: 'redis', count: 5 },
  postgres: { kind: 'postgres', count: 1 },
  'postgres-xact': { kind: 'postgres', count: 1 },
  mysql: { kind: 'mariadb', count: 1 },
  memcached: { kind: 'memcached', count: 1 },
  'memcached-recache': { kind: 'memcached', count: 1 },
  file: { kind: 'folder', count: 0 },
};

/** Undefined: nothing beside the store. */
export const lockServersOf = (backend: string): LockServers | undefined => SERVERS[backend as LeaseBackend];

const SCHEME = {
  postgres: (at: string) => `postgres://lab@${at}/postgres`,
  mariadb: (at: string) => `mysql://lab@${at}`,
  memcached: (at: string) => `memcached://${at}`,
  redis: (at: string) => `redis://${at}`,
};

/** The address of such a server on this port. */
export const addressOfLocks = (kind: keyof typeof SCHEME, port: number, host = HOST): string =>
  SCHEME[kind](`${host}:${port}`);

/** Whether what runs at the address, be it a member or a lock server, does its work. Throws where nobody answers. */
export async function servesOrGrants(url: string): Promise<boolean> {
  const kind = (['postgres', 'mariadb', 'memcached'] as const).find((one) => url.startsWith(SCHEME[one]('')));
  return kind ? grants(MUTEX_OF[kind], url) : serves(url);
}

const MUTEX_OF = { postgres: 'postgres', mariadb: 'mysql', memcached: 'memcached' } as const;

/** Whether such a server grants locks. Throws where nobody answers. */
export async function grantsLocks(kind: keyof typeof SCHEME, url: string): Promise<boolean> {
  return kind === 'redis' ? serves(url) : grants(MUTEX_OF[kind], url);
}

async function grants(backend: MutexName, address: string): Promise<boolean> {
  const mutex = mutexes[backend].open({
    servers: [address],
    leaseMs: 1000,
    holder: 'lab',
    timeoutMs: 200,
    clock: systemClock,
    random: Math.random,
  });
  try {
    const giveUpAt = performance.now() + 200;
    while (!mutex.ready() && performance.now() < giveUpAt) await systemClock.sleep(10);
    const tried = await mutex.tryLock('ready');
    if (tried.kind === 'locked') await mutex.unlock('ready', tried.token);
    return true;
  } finally {
    mutex.close();
  }
}
