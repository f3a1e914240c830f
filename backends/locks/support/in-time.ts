import { setTimeout as sleep } from 'node:timers/promises';
import { StoreUnavailable } from '../../../strategies/contract/errors.ts';

export interface Deadline {
  readonly timeoutMs: number;
  /** What is asked, for the message of the error. */
  readonly target: string;
}

/**
 * What the work comes to, if it succeeds within `timeoutMs`. Otherwise calls `giveUp` and throws
 * {@link StoreUnavailable}; the work itself goes on, and `giveUp` has to undo what it may still achieve.
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
