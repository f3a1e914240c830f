import { Redis } from 'ioredis';
import type { Scene } from '../strike.ts';

const ANSWERED_WITHIN_MS = 2000;

/**
 * Opens a connection that hears every command the server executes, as `monitor` events. Throws when the server does not
 * agree within two seconds. The caller disconnects it.
 *
 * `redis.monitor()` of ioredis is not used: on a busy server the first commands arrive in one piece with the reply to
 * MONITOR. The client then takes them for replies that nobody awaits, and reports each as an error.
 */
export async function monitorOf(url: string, until: Scene['until']): Promise<Redis> {
  const monitor = new Redis(url, { monitor: true, retryStrategy: () => null });
  monitor.on('error', () => {});
  let hasAgreed = false;
  monitor.once('monitoring', () => {
    hasAgreed = true;
  });
  try {
    await until('a monitor of the store', () => hasAgreed || undefined, ANSWERED_WITHIN_MS);
    return monitor;
  } catch (error) {
    monitor.disconnect();
    throw error;
  }
}
