import type { Definition, Entry, Following, Parts, Strategy } from './contract/index.ts';
import { createLock } from './lock.ts';

/** Keys a process keeps copies of; beyond that the one kept longest makes room. */
const MOST_COPIES = 1000;

/**
 * A copy of the value in each process, in front of `lock`: most hits ask nobody. A copy is good for the time that the
 * store said was left, and until a change of the key is heard of, or might be missed. An invalidation is a message on its
 * way to the others: whoever has not heard of it answers the older value, for the rest of its TTL at the worst.
 * The L1 of FusionCache and bentocache; the rules for dropping copies are those of Redis client-side caching.
 */
export const nearCache: Definition = {
  name: 'near-cache',
  summary: 'a copy in each replica, dropped when a change of the key is heard of; lock behind it',
  claim: {
    recomputesPerExpiry: () => ({ mean: [1, 1], max: 1 }),
    monotonic: false,
    fenced: true,
    maxStaleMs: () => 0,
    waits: 'everyone',
    early: false,
    oneWaiterAReplica: true,
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
      // Only what the store answered just now says what time is left. Counted from before it was asked, that is never
      // more than there is; counted anew, or from a message that lay about, it would be.
      if (answer.served === 'hit') copy.keep(answer.entry, askedAt, changes);
      else copy.drop();
      return answer;
    },
  };
}

/** What a process knows of one key by itself. */
class Copy<V> {
  /** Changes heard of so far; that one may have been missed counts as one. */
  changes = 0;
  #kept: { readonly entry: Entry<V>; readonly readAt: number } | undefined;
  #following: Following | undefined;
  #closed = false;

  constructor({ changes }: Parts<V>, key: string) {
    // Nobody waits for this: until changes are heard of nothing is kept.
    void changes
      .follow(key, () => this.drop())
      .then((following) => {
        this.#following = following;
        if (this.#closed) following.close();
      });
  }

  /** The copy as it is at that moment, if it is good. */
  at(now: number): Entry<V> | undefined {
    if (!this.#kept) return undefined;
    const { entry, readAt } = this.#kept;
    const age = now - readAt;
    if (entry.softTtlMs <= age) return undefined;
    return { ...entry, softTtlMs: entry.softTtlMs - age, hardTtlMs: entry.hardTtlMs - age };
  }

  /** Keeps what was read, unless the key may have changed since. */
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
