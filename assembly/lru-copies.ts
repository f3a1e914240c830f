import { LRUCache } from 'lru-cache';
import type { Copies, MakeCopies } from '../strategies/contract/index.ts';

/** Makes memories for copies, of so many bytes each. */
export const lruCopies =
  (maxBytes: number): MakeCopies =>
  <C extends object>(onGone: (copy: C) => void): Copies<C> => {
    // In a box of its own each time: the library does not change the size of a value that it already has.
    const boxes = new LRUCache<string, { readonly copy: C }>({
      maxSize: maxBytes,
      dispose({ copy }, _key, reason) {
        if (reason !== 'set') onGone(copy);
      },
    });
    return {
      get: (key) => boxes.get(key)?.copy,
      set(key, copy, bytes) {
        boxes.set(key, { copy }, { size: bytes });
        if (!boxes.has(key)) onGone(copy);
      },
      delete: (key) => void boxes.delete(key),
    };
  };
