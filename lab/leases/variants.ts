import { type MutexGround, type MutexName, mutexes } from '../../backends/locks/index.ts';
import type { Mutex, MutexOptions } from '../../backends/locks/mutex.ts';
import { mysqlMutex } from '../../backends/locks/mysql.ts';
import { postgresMutex } from '../../backends/locks/postgres.ts';
import { UnknownName } from '../../services/shared/lab-errors.ts';

/** A row of the matrix: a lease backend, or one with a guard of it left out. */
export interface Variant {
  readonly name: string;
  /** What it stands on; undefined: on the store of the values itself. */
  readonly standsOn?: MutexGround;
  /** None: the lease in the Redis of the values. */
  readonly open?: (options: MutexOptions) => Mutex;
}

/** Of a registered backend, without the end of connections that hold a lock and are silent. */
const UNBOUND: Partial<Record<MutexName, (options: MutexOptions) => Mutex>> = {
  postgres: (options) => postgresMutex(options, { endsIdle: false }),
  mysql: (options) => mysqlMutex(options, { endsIdle: false }),
};

export const variants: readonly Variant[] = [
  { name: 'redis' },
  ...(Object.keys(mutexes) as MutexName[]).flatMap((name): Variant[] => {
    const { standsOn, open } = mutexes[name];
    const unbound = UNBOUND[name];
    return [
      { name, standsOn, open },
      ...(unbound ? [{ name: `${name} unbound`, standsOn, open: unbound }] : []),
    ];
  }),
];

export function variantNamed(name: string): Variant {
  const found = variants.find((variant) => variant.name === name);
  if (!found) throw new UnknownName(`no lease variant ${name}`);
  return found;
}
