import type { Entry } from '../../strategies/contract/index.ts';
import type { Reply } from './port.ts';

/** Reads the entry in a reply: {ttl in ms, value, version, computedAt, recomputeMs, fence, graceMs}. */
export function entryFrom<V>(reply: Reply): Entry<V> | undefined {
  const [ttlMs, value, version, computedAt, recomputeMs, fence, graceMs] = reply;
  // 0 ms are left in the entry's last millisecond: it is as good as gone.
  if (typeof value !== 'string' || Number(ttlMs) <= 0) return undefined;
  return {
    value: JSON.parse(value) as V,
    version: Number(version),
    computedWallMs: Number(computedAt),
    recomputeMs: Number(recomputeMs),
    fence: Number(fence),
    softTtlMs: Number(ttlMs) - Number(graceMs),
    hardTtlMs: Number(ttlMs),
  };
}

/** Reads the entry in a published fill. Undefined: the message says that the lease ended, or is none of the scripts'. */
export function entryFromMessage<V>(message: string): Entry<V> | undefined {
  try {
    const filled = JSON.parse(message) as Record<string, string>;
    if (filled.value === undefined) return undefined;
    return entryFrom<V>([
      Number(filled.ttlMs) + Number(filled.graceMs),
      filled.value,
      ...['version', 'computedAt', 'recomputeMs', 'fence', 'graceMs'].map((field) => filled[field] ?? null),
    ]);
  } catch {
    // A message that nobody here sent is a reason to look at the store, not to end the process.
    return undefined;
  }
}
