import type { Definition, Entry, Following, Parts, Strategy } from './contract/index.ts';
import { createLock } from './lock.ts';

/** How many keys a process keeps copies of. One more replaces the oldest. */
const MOST_COPIES = 1000;

/** Within this time each process hears of an invalidation, also on a busy machine. Mostly it takes a few milliseconds. */
const HEARD_WITHIN_MS = 250;

/**
 * Keeps a copy of the value in each process, in front of `lock`, so that most hits ask nobody. A copy lasts for the time
 * that the store said was left. The process drops it earlier if it hears of a change of the key, or may miss one. An
 * invalidation reaches the other processes as a message: until then they answer the older value, at worst for the rest of
 * its TTL.
 *
 * Sources: the L1 of FusionCache and bentocache; the rules for dropping copies are those of Redis client-side caching.
 */
export const nearCache: Definition = {
  name: 'near-cache',
  summary: 'a copy in each replica, dropped when a change of the key is heard of; lock behind it',
  claim: {
    recomputesPerExpiry: () => ({ mean: [1, 1], max: 1 }),
    monotonic: false,
    fenced: true,
    maxStaleMs: () => 0,
    olderMs: () => HEARD_WITHIN_MS,
    waits: 'everyone',
    early: false,
    oneWaiterPerReplica: true,
    woken: true,
  },
  create: createNearCache,
};

function createNearCache<V>(parts: Parts<V>): Strategy<V> {
  const { clock } = parts;
  const behind = createLock(parts);
  const copies = new Map<string, Copy<V>>();

  function copyOf(key: string): Copy<V> {
    const known = copies.get(key);
    if (known) return known;
    const [oldest] = copies;
    if (oldest && copies.size >= MOST_COPIES) {
      copies.delete(oldest[0]);
      oldest[1].close();
    }
    const copy = new Copy<V>(parts, key);
    copies.set(key, copy);
    return copy;
  }

  return {
    async get(key, signal) {
      const askedAt = clock.now();
      const copy = copyOf(key);
      const near = copy.at(askedAt);
      if (near) return { entry: near, served: 'hit' };
      const { changes } = copy;
      const answer = await behind.get(key, signal);
      // Only an answer of the store says how much time is left. Counted from before the question, it is never too much.
      // Counted from the answer, or from a message that was delayed, it would be.
      if (answer.served === 'hit') copy.keep(answer.entry, askedAt, changes);
      else copy.drop();
      return answer;
    },
  };
}

/** Holds one process's copy of one key. */
class Copy<V> {
  /** Counts the changes of the key so far. A change that may have been missed counts too. */
  changes = 0;
  #kept: { readonly entry: Entry<V>; readonly readAt: number } | undefined;
  #following: Following | undefined;
  #closed = false;

  constructor({ changes }: Parts<V>, key: string) {
    // Nobody waits for the subscription: without it, nothing is kept.
    void changes
      .follow(key, () => this.drop())
      .then((following) => {
        this.#following = following;
        if (this.#closed) following.close();
      });
  }

  /** Gives the copy with the time that it has left at that moment; undefined once it is due. */
  at(now: number): Entry<V> | undefined {
    if (!this.#kept) return undefined;
    const { entry, readAt } = this.#kept;
    const age = now - readAt;
    if (entry.softTtlMs <= age) return undefined;
    return { ...entry, softTtlMs: entry.softTtlMs - age, hardTtlMs: entry.hardTtlMs - age };
  }

  /** Keeps the entry, unless the key may have changed since it was read. */
  keep(entry: Entry<V>, readAt: number, changesBefore: number) {
    if (this.#following?.live && this.changes === changesBefore) this.#kept = { entry, readAt };
  }

  drop() {
    this.changes += 1;
    this.#kept = undefined;
  }

  close() {
    this.#closed = true;
    this.drop();
    this.#following?.close();
  }
}
