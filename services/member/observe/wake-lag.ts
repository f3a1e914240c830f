import type { RedisPort } from '../../../backends/redis/port.ts';
import { storeMsFrom } from '../../../backends/redis/time.ts';
import { wallTimeMs } from '../../shared/wall-time.ts';
import type { AppMetrics } from './metrics.ts';

/**
 * Observes how far behind its commit each published fill is heard here. The commit's time is the store's and the other
 * this machine's: true where the clocks agree, and for a chart only.
 */
export function observeWakeLag(subscriber: RedisPort, { wakeLag }: AppMetrics): void {
  subscriber.onMessage((_channel, message) => {
    const committedAt = commitTimeMs(message);
    if (committedAt !== undefined) wakeLag.observe(Math.max(0, wallTimeMs() - committedAt) / 1000);
  });
}

/** The store's clock at the commit that the message tells of, in ms; undefined when it tells of none. */
function commitTimeMs(message: string): number | undefined {
  try {
    const { at } = JSON.parse(message) as { at?: [string, string] };
    return at && storeMsFrom(...at);
  } catch {
    return undefined;
  }
}
