import type { ScriptedRedis } from '../../../backends/redis/ioredis/connection.ts';
import type { Steps } from './steps.ts';

/**
 * One replica's connection for wake-ups, relaying a real one: what comes in is delivered in its order, each message in
 * a step of its own, unless it is lost on the way. It looks to `redisWakeups` like the connection itself.
 */
export class Ear {
  readonly #real: ScriptedRedis;
  readonly #steps: Steps;
  readonly #replica: number;
  readonly #subscribed = new Set<string>();
  #inbox: { name: string; message: string }[] = [];
  #onMessage: (name: string, message: string) => void = () => {};
  #onReady: () => void = () => {};
  #onClose: () => void = () => {};

  constructor(real: ScriptedRedis, steps: Steps, replica: number) {
    this.#real = real;
    this.#steps = steps;
    this.#replica = replica;
  }

  asConnection = () => this as unknown as ScriptedRedis;

  on(event: string, listener: (...heard: string[]) => void) {
    if (event === 'message') this.#onMessage = listener;
    if (event === 'ready') this.#onReady = listener;
    if (event === 'close') this.#onClose = listener;
  }

  subscribe = (name: string) =>
    this.#steps.call('subscribe', this.#replica, async () => {
      await this.#real.subscribe(name);
      this.#subscribed.add(name);
    });

  unsubscribe = (name: string) =>
    this.#steps.call('unsubscribe', this.#replica, async () => this.#subscribed.delete(name));

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
    this.#onClose();
    await this.#steps.step('reconnects', this.#replica);
    this.#onReady();
  }
}
