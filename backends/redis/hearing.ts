import type { Clock } from '../../strategies/contract/index.ts';
import type { RedisPort } from './port.ts';

export interface HearingOptions {
  /** The connection for commands. */
  readonly commands: Pick<RedisPort, 'publish'>;
  /** A channel that no other process uses. */
  readonly channel: string;
  readonly everyMs: number;
  /** How long a message may take. */
  readonly withinMs: number;
}

/**
 * Tells whether a subscriber hears what the connection for commands publishes. It sends itself a message over both, again
 * and again. After a failover the two may be connected to different servers for a while, and each seems to be in order. If
 * the message does not come in time, it replaces the subscriber's connection.
 */
export class Hearing {
  readonly #subscriber: RedisPort;
  readonly #clock: Clock;
  readonly #options: HearingOptions;
  readonly #onChange: () => void;
  #hears = false;
  #sent = 0;
  #heard = 0;
  /** Whether a message is under way. Each connection has its own. */
  #probe: { isUnderWay: boolean } = { isUnderWay: false };

  /** Calls `onChange` when it begins or ceases to hear. */
  constructor(subscriber: RedisPort, clock: Clock, options: HearingOptions, onChange: () => void) {
    this.#subscriber = subscriber;
    this.#clock = clock;
    this.#options = options;
    this.#onChange = onChange;
    subscriber.onMessage((channel, message) => {
      if (channel === options.channel) this.#hear(Number(message));
    });
    subscriber.onConnection(({ kind }) => {
      if (kind === 'lost') this.#set(false);
      if (kind === 'ready') void this.#begin();
    });
    if (subscriber.connected) void this.#begin();
    clock.every(options.everyMs, () => void this.#send());
  }

  get hears(): boolean {
    return this.#hears;
  }

  async #begin(): Promise<void> {
    const probe = { isUnderWay: true };
    this.#probe = probe;
    // If it fails, the message does not come, and the connection is replaced.
    await this.#subscriber.subscribe(this.#options.channel).catch(() => {});
    probe.isUnderWay = false;
    if (probe === this.#probe) await this.#send();
  }

  async #send(): Promise<void> {
    const probe = this.#probe;
    if (probe.isUnderWay || !this.#subscriber.connected) return;
    probe.isUnderWay = true;
    const number = ++this.#sent;
    try {
      await this.#options.commands.publish(this.#options.channel, `${number}`);
    } catch {
      // What nobody published says nothing about the subscriber.
      probe.isUnderWay = false;
      return;
    }
    const judge = () => {
      probe.isUnderWay = false;
      if (probe !== this.#probe || this.#heard >= number) return;
      this.#set(false);
      this.#subscriber.replace();
    };
    // A process that stalled reads what has come meanwhile before the second timer.
    this.#clock.after(this.#options.withinMs, () => void this.#clock.after(1, judge));
  }

  #hear(number: number): void {
    this.#heard = number;
    this.#set(true);
  }

  #set(hears: boolean): void {
    if (this.#hears === hears) return;
    this.#hears = hears;
    this.#onChange();
  }
}
