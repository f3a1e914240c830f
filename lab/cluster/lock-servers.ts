import type { LeaseBackend } from '../../backends/mutexes.ts';
import type { Settings } from '../settings.ts';
import { HOST, type LocalPlan, redisMember } from './local-members.ts';
import type { LocalStore } from './local-store.ts';
import type { MemberSpec } from './member.ts';

/** What a lease backend stands on beside the store of the values. */
interface LockServers {
  /** How many servers, a port each. */
  readonly count: number;
  member(plan: LocalPlan, redisCommand: string, at: { name: string; port: number }): MemberSpec;
  address(port: number): string;
}

const SERVERS: Record<LeaseBackend, LockServers | undefined> = {
  redis: undefined,
  redlock: {
    count: 5,
    member: (plan, command, { name, port }) => redisMember(plan, { name, command, port }),
    address: (port) => `redis://${HOST}:${port}`,
  },
};

/** Ports that the lease of these settings needs for itself. */
export const portsOfLocks = ({ leaseBackend }: Settings): number => SERVERS[leaseBackend]?.count ?? 0;

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
  const lockServers = named.map(({ name, port }) => ({ name, url: servers.address(port) }));
  return {
    ...store,
    lockServers,
    groups: [...store.groups, named.map((at) => servers.member(plan, redisCommand, at))],
    environmentOf: (replica) => ({
      ...store.environmentOf(replica),
      LEASE_BACKEND: plan.settings.leaseBackend,
      LOCK_SERVERS: lockServers.map(({ url }) => url).join(','),
    }),
  };
}
