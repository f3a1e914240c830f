import { monitorEventLoopDelay } from 'node:perf_hooks';
import autocannon, { type Client, type Histogram, type Instance } from 'autocannon';
import type { Arrival } from '../record/arrival.ts';
import type { HerdFacts } from '../record/facts.ts';
import { HerdFailed } from '../services/shared/lab-errors.ts';
import { NotInTime, until } from '../services/shared/until.ts';
import { wallTimeMs } from '../services/shared/wall-time.ts';
import { Connection } from './connection.ts';
import { shareOut } from './share-out.ts';
import type { Target } from './target.ts';
import { pathInTurn } from './turns.ts';

export interface HerdOptions {
  readonly targets: readonly Target[];
  /** Asked for in turn, each from every target. */
  readonly paths: readonly string[];
  readonly ratePerSecond: number;
  /** How long an answer may take. Whole seconds, at least one. */
  readonly timeoutSeconds: number;
  /** So many seconds' worth of arrivals may be under way at once; one that finds no connection free is unsent. */
  readonly poolSeconds: number;
}

export interface HerdResult extends HerdFacts {
  readonly arrivals: readonly Arrival[];
}

export interface Herd {
  readonly scheduled: number;
  /**
   * Has these be the targets from now on, as a load balancer does: no request goes to one that left any more, and each
   * gets an even share of the connections. What is under way is still answered.
   */
  route(targets: readonly Target[]): void;
  /** Ends the load: what is under way may still be answered; the rest counts as timed out. */
  stop(): Promise<HerdResult>;
}

const TICK_MS = 1;
/** A new connection costs the injector more than a request: a whole pool at once would hold up the pace. */
const MOVES_PER_TICK = 4;
const LOOP_RESOLUTION_MS = 5;

/**
 * Starts many clients at a constant arrival rate: an arrival is due every 1/rate seconds, and goes out on any connection that
 * is free, so that a slow answer delays no other arrival. Opening the connections is the first part of the load.
 */
export const startHerd = (options: HerdOptions): Herd => new PacedHerd(options);

class PacedHerd implements Herd {
  readonly #options: HerdOptions;
  #targets: readonly Target[];
  readonly #arrivals: Arrival[] = [];
  readonly #free: Connection[] = [];
  readonly #connections: Connection[] = [];
  readonly #instances: Instance[] = [];
  /** Those whose target changed, and who may not have noticed yet. */
  readonly #moving: Connection[] = [];
  readonly #periodMs: number;
  readonly #poolSize: number;
  readonly #startedAt = wallTimeMs();
  readonly #loopDelay = monitorEventLoopDelay({ resolution: LOOP_RESOLUTION_MS });
  readonly #pacer = setInterval(() => this.#tick(), TICK_MS);
  #stopping = false;
  scheduled = 0;

  constructor(options: HerdOptions) {
    const { targets, paths, ratePerSecond, poolSeconds } = options;
    this.#options = options;
    this.#targets = targets;
    this.#periodMs = 1000 / ratePerSecond;
    this.#poolSize = Math.max(targets.length, poolSeconds * ratePerSecond, targets.length * paths.length);
  }

  route(next: readonly Target[]): void {
    if (next.length === 0) throw new HerdFailed('a herd without targets');
    this.#targets = next;
    const moves = shareOut(this.#connections, next, ({ target }, { url }) => target.url === url);
    for (const [connection, target] of moves) connection.assign(target);
    this.#moving.push(...moves.keys());
  }

  async stop(): Promise<HerdResult> {
    if (this.#stopping) throw new HerdFailed('the herd is stopping already');
    this.#stopping = true;
    clearInterval(this.#pacer);
    this.#loopDelay.disable();
    await this.#untilAnswered();
    for (const connection of this.#connections) connection.giveUp();
    for (const instance of this.#instances) instance.stop();
    const lateMs = (ns: number) => Math.max(0, ns / 1e6 - LOOP_RESOLUTION_MS);
    return {
      arrivals: this.#arrivals,
      scheduled: this.scheduled,
      openedAt: this.#startedAt + this.#poolSize * this.#periodMs,
      eventLoopDelayMs: { p99: lateMs(this.#loopDelay.percentile(99)), max: lateMs(this.#loopDelay.max) },
    };
  }

  /** Waits for what is still in flight; what takes longer than an answer may counts as timed out. */
  async #untilAnswered(): Promise<void> {
    const idle = () => this.#connections.every(({ busy }) => !busy);
    const patience = { withinMs: this.#options.timeoutSeconds * 1000, everyMs: 20 };
    await until('the last answers', idle, patience).catch((error) => {
      if (!(error instanceof NotInTime)) throw error;
    });
  }

  #tick(): void {
    const due = Math.floor((wallTimeMs() - this.#startedAt) / this.#periodMs) + 1;
    const opening = Math.min(due, this.#poolSize) - this.#connections.length;
    if (opening > 0) {
      this.scheduled += opening;
      this.#open(opening);
    }
    // Opening connections is work that the rest of the load has none of.
    else if (this.#connections.length === this.#poolSize) this.#loopDelay.enable();
    while (this.scheduled < due) this.#send();
    for (const connection of this.#moving.splice(0, MOVES_PER_TICK)) connection.renew();
  }

  #send(): void {
    const dueAt = this.#startedAt + this.scheduled * this.#periodMs;
    this.scheduled += 1;
    const connection = this.#free.shift();
    if (connection) connection.send(dueAt);
    else this.#arrivals.push({ dueAt, ending: 'unsent' });
  }

  /** Opens the next connections, on the targets in turn; each brings an arrival of its own. */
  #open(count: number): void {
    const targets = this.#targets;
    const turn = this.#connections.length % targets.length;
    this.#instances.push(
      autocannon({
        url: [...targets.slice(turn), ...targets.slice(0, turn)].map(({ url }) => url + this.#pathOf(0)),
        connections: count,
        connectionRate: 1,
        duration: 86_400,
        timeout: this.#options.timeoutSeconds,
        // Its correction takes a connection's interval for 1 ms whatever the rate.
        ignoreCoordinatedOmission: true,
        excludeErrorStats: true,
        skipAggregateResult: true,
        histograms: { latencies: NO_HISTOGRAM, requests: NO_HISTOGRAM, throughput: NO_HISTOGRAM },
        setupClient: (client) => this.#setUp(client),
      }),
    );
  }

  #setUp(client: Client): void {
    const port = String(client.opts.port);
    const target = this.#targets.find(({ url }) => new URL(url).port === port) as Target;
    const connection = new Connection(client, this.#pathOf(this.#connections.length), target, {
      record: (arrival) => this.#arrivals.push(arrival),
      onFree: (connection) => this.#free.push(connection),
    });
    this.#connections.push(connection);
    client.on('connError', (error: NodeJS.ErrnoException) => {
      // As a load balancer would: a replica that refuses connections gets none.
      if (error.code === 'ECONNREFUSED') connection.assign(after(connection.target, this.#targets));
    });
  }

  /** A connection's path is its own, and arrivals go over the connections in turn. */
  #pathOf(connection: number): string {
    const { paths, targets } = this.#options;
    return paths[pathInTurn(connection, paths.length, targets.length)] ?? '/';
  }
}

/** We keep every arrival ourselves; three histograms an instance would only delay its start. */
const NO_HISTOGRAM: Histogram = {
  __custom: true,
  recordValue() {},
  recordValueWithExpectedInterval() {},
  reset() {},
  destroy() {},
};

const after = ({ url }: Target, targets: readonly Target[]): Target =>
  targets[(targets.findIndex((target) => target.url === url) + 1) % targets.length] as Target;
