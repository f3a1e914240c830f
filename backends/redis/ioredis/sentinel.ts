import { Redis, type RedisOptions } from 'ioredis';
import type { RedisAddress } from './address.ts';

const TRY_AGAIN_MS = 100;

/**
 * Follows a primary through failovers. ioredis gives up for good when a failover is announced just while it asks a Sentinel
 * for the primary, since it takes that for its own disconnect. This one connects again until `disconnect` is called.
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
    // An event reports its failure, and another end follows.
    if (!this.#isDone) this.connect().catch(() => {});
  }
}

/**
 * Gives the options that follow the primary wherever the Sentinels say it is. A connection to a primary that was cut off need
 * not break, so the client listens to the Sentinels; it leaves a server that became a replica at its first refusal.
 */
export function following({ sentinels, name, natMap }: Exclude<RedisAddress, { url: string }>) {
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
