import type { Entry } from '../../strategies/contract/index.ts';
import type { Reply } from './port.ts';

/** The entry in a reply, from its ttl on: {ttl in ms, value, version, computedAt, recomputeMs, fence, graceMs}. */
export function entryFrom<V>(reply: Reply): Entry<V> | undefined {
  const [ttlMs, value, version, computedAt, recomputeMs, fence, graceMs] = reply;
  // In its last millisecond an entry reads as having 0 ms left: it is gone, not everlasting.
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

/** The entry in a published fill, or undefined when the message only says that the lease ended, or is not ours. */
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
    // Whatever else speaks on the channel is a reason to look, and none for a process to end.
    return undefined;
  }
}
