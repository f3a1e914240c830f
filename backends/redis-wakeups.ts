import type { Clock, Entry, Watch } from '../strategies/contract.ts';
import { answered, keysOf, type ScriptedRedis } from './redis.ts';
import { entryFromMessage } from './redis-entry.ts';

/** Hears the fills of keys over one connection of its own, for all the waiters of a process. */
export interface Wakeups<V> {
  watch(key: string): Promise<Watch<V>>;
}

/** How long a subscription outlives its last watch: a hot key's next expiry finds it in place. */
const LINGER_MS = 60_000;

interface Channel<V> {
  readonly watches: Set<Listener<V>>;
  subscribed: Promise<void>;
  stopLingering: (() => void) | undefined;
}

/**
 * A wake-up is a courtesy, never a precondition: a watch that cannot subscribe, or loses its connection, hears nothing
 * and its waits end by their time. When the connection is back every watch is woken to look for itself.
 */
export function redisWakeups<V>(subscriber: ScriptedRedis, clock: Clock): Wakeups<V> {
  const channels = new Map<string, Channel<V>>();

  subscriber.on('message', (name: string, message: string) => {
    const entry = entryFromMessage<V>(message);
    for (const watch of channels.get(name)?.watches ?? []) watch.hear(entry);
  });
  subscriber.on('ready', () => {
    for (const [name, channel] of channels) {
      channel.subscribed = subscribe(name).then(() => {
        for (const watch of channel.watches) watch.hear(undefined);
      });
    }
  });

  const subscribe = (name: string): Promise<void> =>
    answered(subscriber.subscribe(name)).then(
      () => {},
      () => {},
    );

  function channelOf(name: string): Channel<V> {
    const known = channels.get(name);
    if (known) return known;
    const opened: Channel<V> = { watches: new Set(), subscribed: subscribe(name), stopLingering: undefined };
    channels.set(name, opened);
    return opened;
  }

  function linger(name: string, channel: Channel<V>) {
    channel.stopLingering = clock.every(LINGER_MS, () => {
      channel.stopLingering?.();
      channels.delete(name);
      answered(subscriber.unsubscribe(name)).catch(() => {});
    });
  }

  return {
    async watch(key) {
      const name = keysOf(key).channel;
      const channel = channelOf(name);
      channel.stopLingering?.();
      const listener = new Listener<V>(clock);
      channel.watches.add(listener);
      await channel.subscribed;
      return {
        filled: (fence, timeoutMs) => listener.filled(fence, timeoutMs),
        close() {
          channel.watches.delete(listener);
          if (channel.watches.size === 0) linger(name, channel);
        },
      };
    },
  };
}

/** Keeps what was heard between the watch and the wait, so that nothing in between is lost. */
class Listener<V> {
  readonly #clock: Clock;
  #newest: Entry<V> | undefined;
  /** A release, a failure or a new connection: reason to look, at most once too often. */
  #stirred = false;
  #wake: (() => void) | undefined;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  hear(entry: Entry<V> | undefined) {
    if (!entry) this.#stirred = true;
    else if (entry.fence > (this.#newest?.fence ?? 0)) this.#newest = entry;
    this.#wake?.();
  }

  /** Resolves at the first fill under `fence` or newer, at a stir, or after `timeoutMs`. */
  filled(fence: number, timeoutMs: number): Promise<Entry<V> | undefined> {
    return new Promise((resolve) => {
      const answer = (timedOut: boolean) => {
        const filled = this.#newest && this.#newest.fence >= fence ? this.#newest : undefined;
        if (!filled && !this.#stirred && !timedOut) return;
        stop();
        this.#stirred = false;
        this.#wake = undefined;
        resolve(filled);
      };
      const stop = this.#clock.every(timeoutMs, () => answer(true));
      this.#wake = () => answer(false);
      this.#wake();
    });
  }
}
