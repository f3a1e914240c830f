import type { LockServerKind } from '../../backends/locks/index.ts';

export type { LockServerKind };

interface LockServerFacts {
  /** Gives its URL from the `host:port` at which a caller reaches it. */
  readonly urlAt: (address: string) => string;
  /** Its port where it has an address of its own. */
  readonly port: number;
  /** Its executable, and the Debian package that brings it and no service along. */
  readonly executable: string;
  readonly package: string;
}

/** What there is to know of each kind; lock-server.sh and compose/locks.yaml start it. */
export const LOCK_SERVERS: Readonly<Record<LockServerKind, LockServerFacts>> = {
  redis: {
    urlAt: (address) => `redis://${address}`,
    port: 6379,
    executable: 'redis-server',
    package: 'redis-server',
  },
  postgres: {
    urlAt: (address) => `postgres://lab@${address}/postgres`,
    port: 5432,
    executable: 'postgres',
    package: 'postgresql',
  },
  mariadb: {
    urlAt: (address) => `mysql://lab@${address}`,
    port: 3306,
    executable: 'mariadbd',
    package: 'mariadb-server-core',
  },
  memcached: {
    urlAt: (address) => `memcached://${address}`,
    port: 11211,
    executable: 'memcached',
    package: 'memcached',
  },
};
