import { join, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import type { Settings } from '../../record/settings.ts';
import { addressOfLocks, grantsLocks, type LockServerKind, lockServersOf } from '../lock-servers.ts';
import { type LocalPlan, redisMember } from './members.ts';
import type { MemberSpec } from './process-member.ts';
import type { LocalStore } from './store.ts';

const SCRIPT = fileURLToPath(new URL('lock-server.sh', import.meta.url));

/** Ports that the lease of these settings needs for itself. */
export const portsOfLocks = ({ leaseBackend }: Settings): number => lockServersOf(leaseBackend)?.count ?? 0;

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
    ready: () => grantsLocks(kind, addressOfLocks(kind, port)),
  };
}

/** The store together with what the lease stands on: members `lock-1`, `lock-2` and so on, known to every replica. */
export function withLockServers(
  store: LocalStore,
  plan: LocalPlan,
  redisCommand: string,
  ports: readonly number[],
): LocalStore {
  const kind = lockServersOf(plan.settings.leaseBackend)?.kind;
  if (!kind) return store;
  const named = ports.map((port, index) => ({ name: `lock-${index + 1}`, port }));
  const memberAt = (at: { name: string; port: number }) =>
    kind === 'redis' || kind === 'folder'
      ? redisMember(plan, { ...at, command: redisCommand })
      : lockServerMember(kind, { ...at, logs: plan.logs });
  const lockServers =
    kind === 'folder' ? [] : named.map(({ name, port }) => ({ name, url: addressOfLocks(kind, port) }));
  const addresses =
    kind === 'folder'
      ? [pathToFileURL(resolve(plan.folder, 'locks')).href]
      : lockServers.map(({ url }) => url);
  return {
    ...store,
    lockServers,
    groups: [...store.groups, named.map(memberAt)],
    environmentOf: (replica) => ({
      ...store.environmentOf(replica),
      LEASE_BACKEND: plan.settings.leaseBackend,
      LOCK_SERVERS: addresses.join(','),
    }),
  };
}
