import type { ConnectionEvent, RedisPort } from '../../../backends/redis/port.ts';
import type { Steps } from './steps.ts';

/**
 * One replica's connection for wake-ups, relaying a real one: what comes in is delivered in its order, each message in
 * a step of its own, unless it is lost on the way.
 */
export class Ear {
  readonly #real: RedisPort;
  readonly #steps: Steps;
  readonly #replica: number;
  readonly #subscribed = new Set<string>();
  #inbox: { name: string; message: string }[] = [];
  #onMessage: (name: string, message: string) => void = () => {};
  #onConnection: (event: ConnectionEvent) => void = () => {};

  constructor(real: RedisPort, steps: Steps, replica: number) {
    this.#real = real;
    this.#steps = steps;
    this.#replica = replica;
  }

  /** The port that a replica listens on. What does not concern listening is the real one's. */
  asPort = (): RedisPort => ({
    ...this.#real,
    subscribe: (name) =>
      this.#steps.call('subscribe', this.#replica, async () => {
        await this.#real.subscribe(name);
        this.#subscribed.add(name);
      }),
    unsubscribe: (name) =>
      this.#steps.call('unsubscribe', this.#replica, async () => {
        this.#subscribed.delete(name);
      }),
    onMessage: (listener) => {
      this.#onMessage = listener;
    },
    onConnection: (listener) => {
      this.#onConnection = listener;
    },
  });

  /** Something was published. */
  async hear(name: string, message: string) {
    if (!this.#subscribed.has(name)) return;
    this.#inbox.push({ name, message });
    await this.#steps.step('hears', this.#replica);
    const next = this.#inbox.shift();
    if (next) this.#onMessage(next.name, next.message);
  }

  /** What is on its way is lost, and nobody notices. */
  lose() {
    this.#inbox = [];
  }

  /** The connection is lost and there is another. */
  async reconnect() {
    this.lose();
    this.#subscribed.clear();
    this.#onConnection({ kind: 'lost' });
    await this.#steps.step('reconnects', this.#replica);
    this.#onConnection({ kind: 'ready' });
  }
}
