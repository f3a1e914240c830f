import type { Entry, StoreMs } from '../../strategies/contract/index.ts';
import type { Reply } from './port.ts';
import { storeMsFrom } from './time.ts';

/** What a reply says of an entry. `unreadable`: something is there, but no entry of this code. */
export type Found<V> = Entry<V> | 'nothing' | 'unreadable';

/** Reads the entry in a reply: {ttl in ms, value, version, computedAt, recomputeMs, fence, graceMs}. */
export function foundIn<V>([ttlMs, json, ...fields]: Reply): Found<V> {
  const hardTtlMs = Number(ttlMs);
  if (hardTtlMs === NO_HASH) return 'unreadable';
  // 0 ms are left in the entry's last millisecond: it is as good as gone.
  if (hardTtlMs <= 0) return 'nothing';
  const numbers = fields.map(numberIn);
  const parsed = numbers.every((number) => number >= 0) ? valueIn<V>(json) : undefined;
  if (!parsed) return 'unreadable';
  const { value } = parsed;
  const [version = 0, computedWallMs = 0, recomputeMs = 0, fence = 0, graceMs = 0] = numbers;
  return { value, version, computedWallMs, recomputeMs, fence, softTtlMs: hardTtlMs - graceMs, hardTtlMs };
}

/** Reads the entry in a reply; undefined if there is none, or none that can be read. */
export function entryFrom<V>(reply: Reply): Entry<V> | undefined {
  const found = foundIn<V>(reply);
  return typeof found === 'object' ? found : undefined;
}

/** A fill as its wake-up tells it. */
export interface Fill<V> {
  readonly fence: number;
  readonly atStoreMs: StoreMs;
  /** With the times that it had left when it was filled. Absent if the value is too large for a wake-up. */
  readonly entry: Entry<V> | undefined;
}

/** Reads a published fill. Undefined: the message says that the lease ended, or is none of the scripts'. */
export function fillFrom<V>(message: string): Fill<V> | undefined {
  try {
    const { at = [], ...filled } = JSON.parse(message) as Record<string, string> & { at?: string[] };
    const [fence, atStoreMs] = [numberIn(filled.fence), storeMsFrom(at[0], at[1])];
    if (!(fence >= 0 && atStoreMs >= 0)) return undefined;
    if (filled.value === undefined) return { fence, atStoreMs, entry: undefined };
    const entry = entryFrom<V>([
      Number(filled.ttlMs) + Number(filled.graceMs),
      filled.value,
      ...['version', 'computedAt', 'recomputeMs', 'fence', 'graceMs'].map((field) => filled[field] ?? null),
    ]);
    return entry && { fence, atStoreMs, entry };
  } catch {
    // A message that nobody here sent is a reason to look at the store, not to end the process.
    return undefined;
  }
}

/** The time that a script tells of a key that is no hash. */
const NO_HASH = -3;

/** Gives NaN for what is missing or no number. */
const numberIn = (field: string | number | null | undefined): number =>
  field === null || field === '' ? Number.NaN : Number(field);

function valueIn<V>(json: string | number | null | undefined): { readonly value: V } | undefined {
  if (typeof json !== 'string') return undefined;
  try {
    return { value: JSON.parse(json) as V };
  } catch {
    return undefined;
  }
}
