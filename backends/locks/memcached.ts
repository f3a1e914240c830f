import { createHash, randomUUID } from 'node:crypto';
import { StoreUnavailable } from '../../strategies/contract/errors.ts';
import { MemcachedConnection, type MetaAnswer } from './memcached-connection.ts';
import type { Mutex, MutexOptions } from './mutex.ts';

export interface MemcachedOptions {
  /**
   * `add` stores the item if there is none. `recache` is memcached's own lease: a look creates an empty item if there is
   * none (`N`) and tells one client that it won (`W`); the winner then writes its token into the item.
   */
  readonly by?: 'add' | 'recache';
}

/**
 * A lock as an item with an expiry that is stored only if there is none. The lock belongs to the caller whose token is in
 * the item. The holder changes and deletes it by its CAS number, after a look at the token, since a restarted server counts
 * CAS numbers from the start. memcached counts whole seconds, and its clock ticks once per second: the expiry is one second
 * longer than the term, so that no term is cut short. memcached may forget an item at any time for lack of memory, and
 * forgets all when it restarts.
 */
export function memcachedMutex(
  { servers: [url = ''], leaseMs, holder, timeoutMs }: MutexOptions,
  { by = 'add' }: MemcachedOptions = {},
): Mutex {
  const memcached = new MemcachedConnection(url, timeoutMs);
  const termSeconds = Math.ceil(leaseMs / 1000) + 1;

  const store = (name: string, token: string, condition: string) =>
    memcached.ask(`ms ${name} ${token.length} ${condition} T${termSeconds}`, token);

  const take: Record<'add' | 'recache', (name: string, token: string) => Promise<MetaAnswer>> = {
    add: (name, token) => store(name, token, 'ME'),
    async recache(name, token) {
      const { flags } = await memcached.ask(`mg ${name} N${termSeconds} c`);
      return 'W' in flags ? store(name, token, `C${flags.c}`) : { code: 'NS', flags };
    },
  };

  /** Gives the item's CAS number if the token is in it. */
  async function casOf(name: string, token: string): Promise<string | undefined> {
    const { flags, value } = await memcached.ask(`mg ${name} c v`);
    return value === token ? flags.c : undefined;
  }

  return {
    async tryLock(key) {
      const [name, token] = [nameOf(key), `${holder}:${randomUUID()}`];
      const { code } = await take[by](name, token);
      if (code === 'HD') return { kind: 'locked', token };
      if (!['NS', 'EX', 'NF'].includes(code)) throw new StoreUnavailable(`memcached says ${code}`);
      const { flags } = await memcached.ask(`mg ${name} t`);
      return { kind: 'held', retryAfterMs: Number(flags.t ?? 0) * 1000 };
    },

    async extend(key, token) {
      const name = nameOf(key);
      const cas = await casOf(name, token);
      return cas !== undefined && (await store(name, token, `C${cas}`)).code === 'HD';
    },

    async unlock(key, token) {
      const name = nameOf(key);
      const cas = await casOf(name, token);
      if (cas !== undefined) await memcached.ask(`md ${name} C${cas}`);
    },

    ready: () => memcached.isConnected,
    close: () => memcached.close(),
  };
}

/** Hashes the key: memcached allows names of 250 bytes without blanks. */
const nameOf = (key: string) => `lock:${createHash('sha256').update(key).digest('hex')}`;
