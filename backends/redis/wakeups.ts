import type { Changes, Clock, Following, Watch } from '../../strategies/contract/index.ts';
import { type Fill, fillFrom } from './entry.ts';
import { Hearing, type HearingOptions } from './hearing.ts';
import { keysOf } from './keys.ts';
import { Listener } from './listener.ts';
import type { RedisPort } from './port.ts';
import { StoreClock } from './store-clock.ts';

/** Hears the changes of keys over a connection of its own, for all waiters and copies of a process. */
export interface Wakeups<V> extends Changes {
  watch(key: string): Promise<Watch<V>>;
}

/** How many channels one command subscribes to. After a reconnect thousands at once would keep the server busy. */
const BATCH = 100;

/** How long a subscription outlives its last watch, so that it is there at a hot key's next expiry. */
const LINGER_MS = 60_000;

/** How many subscriptions outlive their last watch. One more ends the oldest at once. */
const MOST_LINGERING = 1000;

export interface WakeupsOptions {
  /** Has samples of the store's clock. Without it, a value that is heard counts as old as the watch. */
  readonly storeClock?: StoreClock;
  /** How to find out whether the subscriber hears what is published. Without it, it is believed to. */
  readonly hearing?: HearingOptions;
}

interface Channel<V> {
  readonly watches: Set<Listener<V>>;
  readonly followers: Set<() => void>;
  subscribed: Promise<void>;
  /** `live`: subscribed, and the connection has not been lost since, as far as this process knows. */
  state: 'trying' | 'live' | 'deaf';
}

/**
 * Hears wake-ups over a connection of its own. Nothing depends on a wake-up: a watch without a subscription hears nothing,
 * and its waits end by their time-out. When the connection is back, every watch wakes to look for itself.
 */
export const redisWakeups = <V>(
  subscriber: RedisPort,
  clock: Clock,
  options: WakeupsOptions = {},
): Wakeups<V> => new RedisWakeups(subscriber, clock, options);

class RedisWakeups<V> implements Wakeups<V> {
  readonly #subscriber: RedisPort;
  readonly #clock: Clock;
  readonly #storeClock: StoreClock;
  readonly #hearing: Hearing | undefined;
  readonly #channels = new Map<string, Channel<V>>();
  /** The subscriptions that nobody needs, the oldest first. */
  readonly #lingering = new Map<string, { readonly stopTimer: () => void; readonly end: () => void }>();

  constructor(
    subscriber: RedisPort,
    clock: Clock,
    { storeClock = new StoreClock(clock), hearing }: WakeupsOptions,
  ) {
    this.#subscriber = subscriber;
    this.#clock = clock;
    this.#storeClock = storeClock;
    this.#hearing = hearing && new Hearing(subscriber, clock, hearing, () => this.#tellFollowers());
    subscriber.onMessage((name, message) => {
      const channel = this.#channels.get(name);
      if (channel) hear(channel, fillFrom<V>(message));
    });
    subscriber.onConnection(({ kind }) => {
      if (kind === 'lost') this.#goDeaf();
      if (kind === 'ready') this.#subscribeAgain();
    });
  }

  async watch(key: string): Promise<Watch<V>> {
    const listener = new Listener<V>(this.#clock, this.#storeClock);
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
    const hearing = this.#hearing;
    return {
      get live() {
        return channel.state === 'live' && (hearing?.hears ?? true);
      },
      close: leave,
    };
  }

  #goDeaf(): void {
    for (const channel of this.#channels.values()) channel.state = 'deaf';
    this.#tellFollowers();
  }

  #tellFollowers(): void {
    for (const { followers } of this.#channels.values()) for (const onChange of followers) onChange();
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
    };
    this.#channels.set(name, channel);
    if (channel.state === 'deaf') channel.subscribed = settle(channel, this.#subscriber.subscribe(name));
    return channel;
  }

  #linger(name: string): void {
    const end = () => {
      this.#stopLingering(name);
      this.#channels.delete(name);
      this.#subscriber.unsubscribe(name).catch(() => {});
    };
    const stopTimer = this.#clock.after(LINGER_MS, end);
    this.#lingering.set(name, { stopTimer, end });
    const [oldest] = this.#lingering.values();
    if (this.#lingering.size > MOST_LINGERING) oldest?.end();
  }

  #stopLingering(name: string): void {
    this.#lingering.get(name)?.stopTimer();
    this.#lingering.delete(name);
  }

  /** Resolves after the first attempt to subscribe; `leave` undoes it. */
  async #join<L>(key: string, membersOf: (channel: Channel<V>) => Set<L>, member: L) {
    const name = keysOf(key).channel;
    const channel = this.#channelOf(name);
    this.#stopLingering(name);
    membersOf(channel).add(member);
    await channel.subscribed;
    return {
      channel,
      leave: () => {
        if (!membersOf(channel).delete(member)) return;
        if (!isNeeded(channel)) this.#linger(name);
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

function hear<V>({ watches, followers }: Channel<V>, fill: Fill<V> | undefined): void {
  for (const watch of watches) watch.hear(fill);
  for (const onChange of followers) onChange();
}
