import { fileMutex } from './file.ts';
import { memcachedMutex } from './memcached.ts';
import type { Mutex, MutexOptions } from './mutex.ts';
import { mysqlMutex } from './mysql.ts';
import { postgresMutex } from './postgres.ts';
import { redlockMutex } from './redlock.ts';

/** A line of the registry: how to open a mutex, and which addresses it takes. */
export interface MutexBackend {
  readonly open: (options: MutexOptions) => Mutex;
  readonly accepts: (servers: readonly string[]) => boolean;
  /** What it accepts, in the words of an error message. */
  readonly allowed: string;
}

const one = (scheme: RegExp, allowed: string) => ({
  accepts: (servers: readonly string[]) => servers.length === 1 && scheme.test(servers[0] ?? ''),
  allowed,
});
const ofPostgres = one(/^postgres(ql)?:\/\//, 'one postgres:// address');
const ofMemcached = one(/^memcached:\/\//, 'one memcached:// address');

/** What a lease can be made of beside the values' own Redis. */
export const mutexes = {
  redlock: {
    open: redlockMutex,
    accepts: (servers) =>
      servers.length >= 3 && servers.length % 2 === 1 && servers.every((url) => /^rediss?:\/\//.test(url)),
    allowed: 'three, five or more redis:// addresses, an odd number',
  },
  postgres: { open: (options) => postgresMutex(options), ...ofPostgres },
  'postgres-xact': { open: (options) => postgresMutex(options, { scope: 'transaction' }), ...ofPostgres },
  mysql: { open: (options) => mysqlMutex(options), ...one(/^mysql:\/\//, 'one mysql:// address') },
  memcached: { open: (options) => memcachedMutex(options), ...ofMemcached },
  'memcached-recache': { open: (options) => memcachedMutex(options, { by: 'recache' }), ...ofMemcached },
  file: { open: (options) => fileMutex(options), ...one(/^file:\/\/\//, 'one file:/// address of a folder') },
} as const satisfies Record<string, MutexBackend>;

export type MutexName = keyof typeof mutexes;

/** `redis` is the default: granting, minting and looking are one step in the Redis of the values. */
export const leaseBackends = ['redis', ...(Object.keys(mutexes) as MutexName[])] as const;
export type LeaseBackend = (typeof leaseBackends)[number];
