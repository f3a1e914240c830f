import { setTimeout as sleep } from 'node:timers/promises';

/** What was waited for did not come in time. */
export class NotInTime extends Error {
  readonly code = 'ERR_DOGPILE_NOT_IN_TIME';
}

export interface Patience {
  readonly withinMs: number;
  readonly everyMs: number;
  /** Ends the wait; {@link until} then throws its reason. */
  readonly signal?: AbortSignal | undefined;
}

/**
 * Looks again and again until there is something: neither undefined nor false. It looks at least once, and for the last
 * time after `withinMs`; then it throws {@link NotInTime}. What the look itself throws ends the wait as well.
 */
export async function until<T>(
  what: string,
  look: () => T | Promise<T>,
  { withinMs, everyMs, signal }: Patience,
): Promise<Exclude<T, undefined | false>> {
  const giveUpAt = performance.now() + withinMs;
  for (;;) {
    const isLate = performance.now() >= giveUpAt;
    const found = await look();
    if (found !== undefined && found !== false) return found as Exclude<T, undefined | false>;
    signal?.throwIfAborted();
    if (isLate) throw new NotInTime(`waited ${withinMs} ms in vain for ${what}`);
    await sleep(everyMs, undefined, signal && { signal }).catch((error) => {
      signal?.throwIfAborted();
      throw error;
    });
  }
}
