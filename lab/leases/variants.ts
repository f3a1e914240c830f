import { type MutexName, mutexes } from '../../backends/locks/index.ts';
import type { Mutex, MutexOptions } from '../../backends/locks/mutex.ts';
import { mysqlMutex } from '../../backends/locks/mysql.ts';
import { postgresMutex } from '../../backends/locks/postgres.ts';
import type { LockServerKind } from '../../cluster/lock-servers.ts';
import { UnknownName } from '../../services/shared/lab-errors.ts';

/** A row of the matrix: a lease backend, or one with a guard of it left out. */
export interface Variant {
  readonly name: string;
  /** What it stands on; `redis` is the store of the values itself. */
  readonly on: 'redis' | 'redlock' | 'file' | LockServerKind;
  /** None: the lease in the Redis of the values. */
  readonly open?: (options: MutexOptions) => Mutex;
}

const registered = (name: MutexName, on: Variant['on']): Variant => ({ name, on, open: mutexes[name].open });

export const variants: readonly Variant[] = [
  { name: 'redis', on: 'redis' },
  registered('redlock', 'redlock'),
  registered('postgres', 'postgres'),
  registered('postgres-xact', 'postgres'),
  {
    name: 'postgres unbound',
    on: 'postgres',
    open: (options) => postgresMutex(options, { endsIdle: false }),
  },
  registered('mysql', 'mariadb'),
  { name: 'mysql unbound', on: 'mariadb', open: (options) => mysqlMutex(options, { endsIdle: false }) },
  registered('memcached', 'memcached'),
  registered('memcached-recache', 'memcached'),
  registered('file', 'file'),
];

export function variantNamed(name: string): Variant {
  const found = variants.find((variant) => variant.name === name);
  if (!found) throw new UnknownName(`no lease variant ${name}`);
  return found;
}
