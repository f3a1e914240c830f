import { fileMutex } from './file.ts';
import { memcachedMutex } from './memcached.ts';
import type { Mutex, MutexOptions } from './mutex.ts';
import { mysqlMutex } from './mysql.ts';
import { postgresMutex } from './postgres.ts';
import { redlockMutex } from './redlock.ts';

/** The kinds of server that a lock backend can use. */
export type LockServerKind = 'redis' | 'postgres' | 'mariadb' | 'memcached';

/** What a mutex stands on: a number of servers of one kind, or a folder that every process sees. */
export type MutexGround =
  | { readonly kind: LockServerKind; readonly count: number }
  | { readonly kind: 'folder' };

/** An entry of the registry: how to open a mutex, what it stands on, and which addresses it accepts. */
export interface MutexBackend {
  readonly standsOn: MutexGround;
  readonly open: (options: MutexOptions) => Mutex;
  readonly accepts: (servers: readonly string[]) => boolean;
  /** The addresses that it accepts, in the words of an error message. */
  readonly allowed: string;
}

const one = (scheme: RegExp, allowed: string) => ({
  accepts: (servers: readonly string[]) => servers.length === 1 && scheme.test(servers[0] ?? ''),
  allowed,
});
const onPostgres = {
  standsOn: { kind: 'postgres', count: 1 },
  ...one(/^postgres(ql)?:\/\//, 'one postgres:// address'),
} as const;
const onMemcached = {
  standsOn: { kind: 'memcached', count: 1 },
  ...one(/^memcached:\/\//, 'one memcached:// address'),
} as const;

/** Every lock backend. A lease can use one instead of the values' own Redis. */
export const mutexes = {
  redlock: {
    open: redlockMutex,
    standsOn: { kind: 'redis', count: 5 },
    accepts: (servers) =>
      servers.length >= 3 && servers.length % 2 === 1 && servers.every((url) => /^rediss?:\/\//.test(url)),
    allowed: 'three, five or more redis:// addresses, an odd number',
  },
  postgres: { open: (options) => postgresMutex(options), ...onPostgres },
  'postgres-xact': { open: (options) => postgresMutex(options, { scope: 'transaction' }), ...onPostgres },
  mysql: {
    open: (options) => mysqlMutex(options),
    standsOn: { kind: 'mariadb', count: 1 },
    ...one(/^mysql:\/\//, 'one mysql:// address'),
  },
  memcached: { open: (options) => memcachedMutex(options), ...onMemcached },
  'memcached-recache': { open: (options) => memcachedMutex(options, { by: 'recache' }), ...onMemcached },
  file: {
    open: (options) => fileMutex(options),
    standsOn: { kind: 'folder' },
    ...one(/^file:\/\/\//, 'one file:/// address of a folder'),
  },
} as const satisfies Record<string, MutexBackend>;

export type MutexName = keyof typeof mutexes;

/** Every lease backend. `redis` is the default: it grants, mints and looks in one step, in the Redis of the values. */
export const leaseBackends = ['redis', ...(Object.keys(mutexes) as MutexName[])] as const;
export type LeaseBackend = (typeof leaseBackends)[number];
