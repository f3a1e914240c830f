import type { RedisPort } from '../../../backends/redis/port.ts';
import { storeMsFrom } from '../../../backends/redis/time.ts';
import { wallTimeMs } from '../../shared/wall-time.ts';
import type { AppMetrics } from './metrics.ts';

/**
 * Measures the time from each commit to the moment when this process hears of it. One is by the store's clock, the other
 * by this machine's, so it is right only if they agree. Only a chart uses it.
 */
export function observeWakeLag(subscriber: RedisPort, { wakeLag }: AppMetrics): void {
  subscriber.onMessage((_channel, message) => {
    const committedAt = commitTimeMs(message);
    if (committedAt !== undefined) wakeLag.observe(Math.max(0, wallTimeMs() - committedAt) / 1000);
  });
}

/** Reads the time of the commit in a message, by the store's clock in ms; undefined when there is none. */
function commitTimeMs(message: string): number | undefined {
  try {
    const { at } = JSON.parse(message) as { at?: [string, string] };
    return at && storeMsFrom(...at);
  } catch {
    return undefined;
  }
}
