import { join, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { type LeaseBackend, type MutexName, mutexes } from '../../backends/mutexes.ts';
import { systemClock } from '../../services/shared/clock.ts';
import type { Settings } from '../settings.ts';
import { HOST, type LocalPlan, redisMember } from './local-members.ts';
import type { LocalStore } from './local-store.ts';
import type { MemberSpec } from './member.ts';

/** What a lease backend stands on beside the store of the values. */
interface LockServers {
  /** How many servers, a port each. Without any there is one address all the same. */
  readonly count: number;
  member?(plan: LocalPlan, redisCommand: string, at: { name: string; port: number }): MemberSpec;
  address(port: number, plan: Pick<LocalPlan, 'folder'>): string;
}

/** The kinds of server that lock-server.sh becomes. */
export type LockServerKind = 'postgres' | 'mariadb' | 'memcached';

const URL_OF: Record<LockServerKind, (port: number) => string> = {
  postgres: (port) => `postgres://lab@${HOST}:${port}/postgres`,
  mariadb: (port) => `mysql://lab@${HOST}:${port}`,
  memcached: (port) => `memcached://${HOST}:${port}`,
};
const MUTEX_OF = { postgres: 'postgres', mariadb: 'mysql', memcached: 'memcached' } as const;
const SCRIPT = fileURLToPath(new URL('lock-server.sh', import.meta.url));

const one = (kind: LockServerKind): LockServers => ({
  count: 1,
  member: ({ logs }, _, at) => lockServerMember(kind, { ...at, logs }),
  address: URL_OF[kind],
});

const SERVERS: Record<LeaseBackend, LockServers | undefined> = {
  redis: undefined,
  redlock: {
    count: 5,
    member: (plan, command, { name, port }) => redisMember(plan, { name, command, port }),
    address: (port) => `redis://${HOST}:${port}`,
  },
  postgres: one('postgres'),
  'postgres-xact': one('postgres'),
  mysql: one('mariadb'),
  memcached: one('memcached'),
  'memcached-recache': one('memcached'),
  file: { count: 0, address: (_, { folder }) => pathToFileURL(resolve(folder, 'locks')).href },
};

/** Ports that the lease of these settings needs for itself. */
export const portsOfLocks = ({ leaseBackend }: Settings): number => SERVERS[leaseBackend]?.count ?? 0;

/** The address of such a server on this port. */
export const addressOfLocks = (kind: LockServerKind, port: number): string => URL_OF[kind](port);

/** A server with nothing in it. Ready once it has granted a lock. */
export function lockServerMember(
  kind: LockServerKind,
  { name, port, logs }: { name: string; port: number; logs: string },
): MemberSpec {
  return {
    name,
    command: 'sh',
    args: [SCRIPT, kind, `${port}`],
    env: {},
    logPath: join(logs, `${name}.log`),
    ready: () => grants(MUTEX_OF[kind], URL_OF[kind](port)),
  };
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

/** The store together with what the lease stands on: members `lock-1`, `lock-2` and so on, known to every replica. */
export function withLockServers(
  store: LocalStore,
  plan: LocalPlan,
  redisCommand: string,
  ports: readonly number[],
): LocalStore {
  const servers = SERVERS[plan.settings.leaseBackend];
  if (!servers) return store;
  const named = ports.map((port, index) => ({ name: `lock-${index + 1}`, port }));
  const lockServers = named.map(({ name, port }) => ({ name, url: servers.address(port, plan) }));
  const addresses = servers.count > 0 ? lockServers.map(({ url }) => url) : [servers.address(0, plan)];
  return {
    ...store,
    lockServers,
    groups: [...store.groups, named.flatMap((at) => servers.member?.(plan, redisCommand, at) ?? [])],
    environmentOf: (replica) => ({
      ...store.environmentOf(replica),
      LEASE_BACKEND: plan.settings.leaseBackend,
      LOCK_SERVERS: addresses.join(','),
    }),
  };
}
