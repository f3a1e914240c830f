import { spawnSync } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { type MutexName, mutexes } from '../../backends/locks/index.ts';
import { MemcachedConnection } from '../../backends/locks/memcached-connection.ts';
import type { Mutex } from '../../backends/locks/mutex.ts';
import { lockServerProcess } from '../../cluster/local/locks.ts';
import { servesAsProcess } from '../../cluster/local/own-server.ts';
import { ProcessMember } from '../../cluster/local/process-member.ts';
import { LOOPBACK, reserveAny } from '../../cluster/ports.ts';
import { startReaper } from '../../cluster/reaper.ts';
import { LOCK_SERVERS, type LockServerKind } from '../../cluster/servers/lock-servers.ts';
import { systemClock } from '../../services/shared/clock.ts';
import type { LockServers } from './lock-servers.ts';
import { whyWithout } from './require-servers.ts';
import { until } from './within.ts';

/** One server for locks, of a test's own. */
export interface LockServer extends LockServers {
  kill(): Promise<void>;
  /** At the old address, with nothing in it. Resolves once it grants. */
  restart(): Promise<void>;
}

const ENSURE = fileURLToPath(new URL('../../lab/install/ensure-lock-servers.sh', import.meta.url));

/** Why these tests cannot be run here; false where they can. What is missing is installed, if that is allowed. */
export function whyNot(kind: LockServerKind): string | false {
  return whyWithout(spawnSync(ENSURE, [kind], { encoding: 'utf8' }));
}

export async function startLockServer(
  kind: LockServerKind,
  env: Readonly<Record<string, string>> = {},
): Promise<LockServer> {
  const reservation = await reserveAny(1);
  const [port = 0] = reservation.ports;
  const folder = await mkdtemp(join(tmpdir(), 'dogpile-locks-'));
  const reaper = startReaper();
  const url = LOCK_SERVERS[kind].urlAt(`${LOOPBACK}:${port}`);
  const server = new ProcessMember(
    {
      name: kind,
      logPath: join(folder, `${kind}.log`),
      ready: servesAsProcess(url, port),
      ...lockServerProcess(kind, port, { folder, redisCommand: 'redis-server' }),
      env,
    },
    reaper,
  );
  const { signal } = new AbortController();
  await server.start(signal);
  return {
    addresses: [url],
    kill: () => server.kill(),
    restart: () => server.start(signal),
    async stop() {
      await server.kill();
      reservation.release();
      reaper.dismiss();
      await rm(folder, { recursive: true });
    },
  };
}

/** A folder, which stands in for a disk that is shared. */
export async function makeLockFolder(): Promise<LockServers & { readonly folder: string }> {
  const folder = await mkdtemp(join(tmpdir(), 'dogpile-locks-'));
  return {
    folder,
    addresses: [pathToFileURL(folder).href],
    stop: () => rm(folder, { recursive: true, force: true }),
  };
}

/** Of one server for many stages: they end, and it stays. Waits for what the last stage held to be let go of. */
export async function shared<S extends LockServers>(server: S, backend: MutexName): Promise<S> {
  const mutex = openMutex(backend, server, 'between stages');
  await until('the lock server', () => mutex.ready());
  if (backend.startsWith('memcached')) await forgetAll(server);
  for (const key of ['k', 'another key'])
    await until(`${key} to be free`, async () => {
      const tried = await mutex.tryLock(key);
      if (tried.kind === 'locked') await mutex.unlock(key, tried.token);
      return tried.kind === 'locked';
    });
  mutex.close();
  return { ...server, stop: async () => {} };
}

/** Nothing there ends with a stage. */
async function forgetAll({ addresses: [address = ''] }: LockServers): Promise<void> {
  const memcached = new MemcachedConnection(address, 500);
  await until('memcached', () => memcached.isConnected);
  await memcached.ask('flush_all');
  memcached.close();
}

export const openMutex = (
  backend: MutexName,
  { addresses }: LockServers,
  holder: string,
  leaseMs = 1000,
): Mutex =>
  mutexes[backend].open({
    servers: addresses,
    leaseMs,
    holder,
    timeoutMs: 500,
    clock: systemClock,
    random: Math.random,
  });
