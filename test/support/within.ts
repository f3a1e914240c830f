import { setTimeout as sleep } from 'node:timers/promises';

/** Long enough for whatever happens at once, on a busy machine too. Leases and time-outs of a stage last longer. */
export const SOON_MS = 10_000;

/** What a promise comes to, provided that it does within the bound. */
export async function within<T>(boundMs: number, what: string, promise: Promise<T>): Promise<T> {
  const stop = new AbortController();
  const late = sleep(boundMs, undefined, { signal: stop.signal }).then(() => {
    throw new Error(`${what}: not within ${boundMs} ms`);
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    stop.abort();
    late.catch(() => {});
  }
}

const LOOK_EVERY_MS = 2;

/** Looks again and again until the condition gives something true, within the bound. */
export async function until<T>(
  what: string,
  condition: () => T | Promise<T>,
  boundMs = SOON_MS,
): Promise<NonNullable<T>> {
  const giveUpAt = performance.now() + boundMs;
  for (;;) {
    const found = await condition();
    if (found) return found;
    if (performance.now() > giveUpAt) throw new Error(`${what}: not within ${boundMs} ms`);
    await sleep(LOOK_EVERY_MS);
  }
}
