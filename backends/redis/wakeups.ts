import type { Changes, Clock, Entry, Following, Watch } from '../../strategies/contract/index.ts';
import { entryFromMessage } from './entry.ts';
import { keysOf } from './keys.ts';
import type { RedisPort } from './port.ts';

/** Hears the changes of keys over a connection of its own, for all waiters and copies of a process. */
export interface Wakeups<V> extends Changes {
  watch(key: string): Promise<Watch<V>>;
}

/** How many channels one command subscribes to. After a reconnect thousands at once would keep the server busy. */
const BATCH = 100;

/** How long a subscription outlives its last watch, so that it is there at a hot key's next expiry. */
const LINGER_MS = 60_000;

interface Channel<V> {
  readonly watches: Set<Listener<V>>;
  readonly followers: Set<() => void>;
  subscribed: Promise<void>;
  /** `live`: subscribed, and the connection has not been lost since, as far as this process knows. */
  state: 'trying' | 'live' | 'deaf';
  stopLingering: (() => void) | undefined;
}

/**
 * Hears wake-ups over a connection of its own. Nothing depends on a wake-up: a watch without a subscription hears nothing,
 * and its waits end by their time-out. When the connection is back, every watch wakes to look for itself.
 */
export const redisWakeups = <V>(subscriber: RedisPort, clock: Clock): Wakeups<V> =>
  new RedisWakeups(subscriber, clock);

class RedisWakeups<V> implements Wakeups<V> {
  readonly #subscriber: RedisPort;
  readonly #clock: Clock;
  readonly #channels = new Map<string, Channel<V>>();

  constructor(subscriber: RedisPort, clock: Clock) {
    this.#subscriber = subscriber;
    this.#clock = clock;
    subscriber.onMessage((name, message) => {
      const channel = this.#channels.get(name);
      if (channel) hear(channel, entryFromMessage<V>(message));
    });
    subscriber.onConnection(({ kind }) => {
      if (kind === 'lost') this.#goDeaf();
      if (kind === 'ready') this.#subscribeAgain();
    });
  }

  async watch(key: string): Promise<Watch<V>> {
    const listener = new Listener<V>(this.#clock);
    const { leave } = await this.#join(key, ({ watches }) => watches, listener);
    return { filled: (fence, timeoutMs) => listener.filled(fence, timeoutMs), close: leave };
  }

  async follow(key: string, onChange: () => void): Promise<Following> {
    // A new function for each follower: two followers may pass the same one.
    const { channel, leave } = await this.#join(
      key,
      ({ followers }) => followers,
      () => onChange(),
    );
    return {
      get live() {
        return channel.state === 'live';
      },
      close: leave,
    };
  }

  #goDeaf(): void {
    for (const channel of this.#channels.values()) {
      channel.state = 'deaf';
      for (const onChange of channel.followers) onChange();
    }
  }

  #subscribeAgain(): void {
    // One that only lingers is subscribed to again when somebody needs it.
    const all = [...this.#channels].filter(([, channel]) => isNeeded(channel));
    let before: Promise<unknown> = Promise.resolve();
    for (let first = 0; first < all.length; first += BATCH) {
      const batch = all.slice(first, first + BATCH);
      const names = batch.map(([name]) => name);
      const done = before.then(() => this.#subscriber.subscribe(...names));
      for (const [, channel] of batch)
        channel.subscribed = settle(channel, done).then(() => hear(channel, undefined));
      before = done.catch(() => {});
    }
  }

  #channelOf(name: string): Channel<V> {
    const channel: Channel<V> = this.#channels.get(name) ?? {
      watches: new Set(),
      followers: new Set(),
      subscribed: Promise.resolve(),
      state: 'deaf',
      stopLingering: undefined,
    };
    this.#channels.set(name, channel);
    if (channel.state === 'deaf') channel.subscribed = settle(channel, this.#subscriber.subscribe(name));
    return channel;
  }

  #linger(name: string, channel: Channel<V>): void {
    channel.stopLingering = this.#clock.after(LINGER_MS, () => {
      this.#channels.delete(name);
      this.#subscriber.unsubscribe(name).catch(() => {});
    });
  }

  /** Resolves after the first attempt to subscribe; `leave` undoes it. */
  async #join<L>(key: string, membersOf: (channel: Channel<V>) => Set<L>, member: L) {
    const name = keysOf(key).channel;
    const channel = this.#channelOf(name);
    channel.stopLingering?.();
    membersOf(channel).add(member);
    await channel.subscribed;
    return {
      channel,
      leave: () => {
        if (!membersOf(channel).delete(member)) return;
        if (!isNeeded(channel)) this.#linger(name, channel);
      },
    };
  }
}

const isNeeded = <V>({ watches, followers }: Channel<V>): boolean => watches.size + followers.size > 0;

/** Resolves when an attempt to subscribe has ended, and keeps what became of it. */
function settle<V>(channel: Channel<V>, subscribed: Promise<void>): Promise<void> {
  channel.state = 'trying';
  return subscribed.then(
    () => {
      channel.state = 'live';
      for (const onChange of channel.followers) onChange();
    },
    () => {
      channel.state = 'deaf';
    },
  );
}

function hear<V>({ watches, followers }: Channel<V>, entry: Entry<V> | undefined): void {
  for (const watch of watches) watch.hear(entry);
  for (const onChange of followers) onChange();
}

/** Keeps what it hears between the watch and the wait, so that nothing is lost. */
class Listener<V> {
  readonly #clock: Clock;
  #newest: Entry<V> | undefined;
  /** Whether a release, a failure or a new connection calls for another look, at most once too often. */
  needsLook = false;
  #wake: (() => void) | undefined;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  hear(entry: Entry<V> | undefined) {
    if (!entry) this.needsLook = true;
    else if (entry.fence > (this.#newest?.fence ?? 0)) this.#newest = entry;
    this.#wake?.();
  }

  /** Resolves at the first fill under `fence` or a newer one, when another look is called for, or after `timeoutMs`. */
  filled(fence: number, timeoutMs: number): Promise<Entry<V> | undefined> {
    return new Promise((resolve) => {
      const answer = (timedOut: boolean) => {
        const filled = this.#newest && this.#newest.fence >= fence ? this.#newest : undefined;
        if (!filled && !this.needsLook && !timedOut) return;
        stop();
        this.needsLook = false;
        this.#wake = undefined;
        resolve(filled);
      };
      const stop = this.#clock.after(timeoutMs, () => answer(true));
      this.#wake = () => answer(false);
      this.#wake();
    });
  }
}
