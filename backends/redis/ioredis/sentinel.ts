import { Redis, type RedisOptions } from 'ioredis';
import type { RedisAddress } from './address.ts';

const TRY_AGAIN_MS = 100;

/**
 * Follows a primary through failovers. ioredis alone gives up for good if a failover is announced just while it asks a
 * Sentinel for the primary: it takes that for a disconnect of its own. This client connects again until you disconnect it.
 */
export class Follower extends Redis {
  #isDone = false;

  constructor(options: Omit<RedisOptions, 'replyMapping'>) {
    super(options);
    this.on('end', () => setTimeout(() => this.#connectAgain(), TRY_AGAIN_MS));
  }

  override disconnect(reconnect = false): void {
    this.#isDone ||= !reconnect;
    super.disconnect(reconnect);
  }

  #connectAgain(): void {
    // If it fails, the client emits `end` again.
    if (!this.#isDone) this.connect().catch(() => {});
  }
}

/**
 * Gives the options that follow the primary wherever the Sentinels say it is. A cut network need not break the connection
 * to the old primary, so the client listens to the Sentinels. It leaves a server that became a replica at its first refusal.
 */
export function followerOptions({ sentinels, name, natMap }: Exclude<RedisAddress, { url: string }>) {
  return {
    sentinels: [...sentinels],
    name,
    natMap: { ...natMap },
    failoverDetector: true,
    updateSentinels: false,
    sentinelCommandTimeout: 1000,
    disconnectTimeout: 200,
    reconnectOnError: (error: Error) => error.message.startsWith('READONLY'),
  };
}
