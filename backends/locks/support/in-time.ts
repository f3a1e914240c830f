import { setTimeout as sleep } from 'node:timers/promises';
import { StoreUnavailable } from '../../../strategies/contract/errors.ts';

export interface Deadline {
  readonly timeoutMs: number;
  /** The name of what should answer, for the error's message. */
  readonly target: string;
}

/**
 * Resolves with the result of the work if it succeeds within `timeoutMs`. Otherwise calls `giveUp` and throws
 * {@link StoreUnavailable}. Late work continues, so `giveUp` must undo what it may still achieve.
 */
export async function inTime<T>(
  { timeoutMs, target }: Deadline,
  work: Promise<T>,
  giveUp: () => unknown = () => {},
): Promise<T> {
  const stop = new AbortController();
  const late = sleep(timeoutMs, undefined, { signal: stop.signal }).then(() => {
    throw new StoreUnavailable(`${target}: no answer within ${timeoutMs} ms`, { reason: 'late' });
  });
  late.catch(() => {});
  try {
    return await Promise.race([work, late]);
  } catch (cause) {
    giveUp();
    if (cause instanceof StoreUnavailable) throw cause;
    throw new StoreUnavailable(`${target}: ${(cause as Error).message}`, { cause });
  } finally {
    stop.abort();
  }
}
