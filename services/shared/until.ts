import { setTimeout as sleep } from 'node:timers/promises';

/** An event did not happen in time. */
export class NotInTime extends Error {
  readonly code = 'ERR_DOGPILE_NOT_IN_TIME';
}

export interface Patience {
  readonly withinMs: number;
  readonly everyMs: number;
  /** Ends the wait early; {@link until} then throws the signal's reason. */
  readonly signal?: AbortSignal | undefined;
}

/**
 * Calls `look` until it gives something other than undefined or false. Looks at least once, and for the last time after
 * `withinMs`; then throws {@link NotInTime}. An error of `look` ends the wait. `what` names the event in the message:
 * "the next grant".
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
    if (isLate) throw new NotInTime(`${what} did not happen within ${withinMs} ms`);
    await sleep(everyMs, undefined, signal && { signal }).catch((error) => {
      signal?.throwIfAborted();
      throw error;
    });
  }
}
