import { monitorEventLoopDelay } from 'node:perf_hooks';
import autocannon, { type Client, type Histogram, type Instance } from 'autocannon';
import type { Arrival } from '../record/arrival.ts';
import type { HerdFacts } from '../record/facts.ts';
import type { WallMs } from '../record/times.ts';
import { HerdFailed } from '../services/shared/lab-errors.ts';
import { watchStalls } from '../services/shared/stalls.ts';
import { NotInTime, until } from '../services/shared/until.ts';
import { wallTimeMs } from '../services/shared/wall-time.ts';
import { type Asked, Connection } from './connection.ts';
import { LongestStalls } from './longest-stalls.ts';
import { shareOut } from './share-out.ts';
import { addressOf, type Target } from './target.ts';
import { pathInTurn } from './turns.ts';

export interface HerdOptions extends Omit<Asked, 'path'> {
  readonly targets: readonly Target[];
  /** Asked for in turn, each from every target. */
  readonly paths: readonly string[];
  readonly ratePerSecond: number;
  /** How long an answer may take. Whole seconds, at least one. */
  readonly timeoutSeconds: number;
  /** So many seconds' worth of arrivals may be under way at once; one that finds no connection free is unsent. */
  readonly poolSeconds: number;
}

export interface Herd {
  readonly scheduled: number;
  /**
   * Replaces the targets, as a load balancer does: no request goes to one that left any more, and each gets an even share
   * of the connections. What is under way is still answered.
   */
  route(targets: readonly Target[]): void;
  /** Has the client hang up whose request was sent first of those under way at a target. Tells whether there was one. */
  hangUp(target: string): boolean;
  /** Ends the load: what is under way may still be answered; the rest counts as timed out. */
  stop(): Promise<HerdFacts>;
}

const TICK_MS = 1;
/** A new connection costs the injector more than a request: a whole pool at once would hold up the pace. */
const MOVES_PER_TICK = 4;
const LOOP_RESOLUTION_MS = 5;

/**
 * Starts many clients at a constant arrival rate: an arrival is due every 1/rate seconds, and goes out on any connection that
 * is free, so that a slow answer delays no other arrival. Opening the connections is the first part of the load. `record` gets
 * each arrival when it has ended.
 */
export const startHerd = (options: HerdOptions, record: (arrival: Arrival) => void): Herd =>
  new PacedHerd(options, record);

class PacedHerd implements Herd {
  readonly #options: HerdOptions;
  #targets: readonly Target[];
  readonly #record: (arrival: Arrival) => void;
  readonly #free: Connection[] = [];
  readonly #connections: Connection[] = [];
  readonly #instances: Instance[] = [];
  /** Those whose target changed, and who may not have noticed yet. */
  readonly #moving: Connection[] = [];
  readonly #periodMs: number;
  readonly #poolSize: number;
  readonly #startedAt = wallTimeMs();
  readonly #stalls = new LongestStalls();
  readonly #endWatch = watchStalls((stall) => this.#stalls.add(stall));
  readonly #loopDelay = monitorEventLoopDelay({ resolution: LOOP_RESOLUTION_MS });
  readonly #pacer = setInterval(() => this.#tick(), TICK_MS);
  #stopping = false;
  scheduled = 0;

  constructor(options: HerdOptions, record: (arrival: Arrival) => void) {
    this.#record = record;
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

  hangUp(target: string): boolean {
    const sentAt = ({ sentAt = Number.POSITIVE_INFINITY }: Connection) => sentAt;
    const [first] = this.#connections
      .filter(({ busy, target: { name } }) => busy && name === target)
      .sort((a, b) => sentAt(a) - sentAt(b));
    first?.hangUp();
    return first !== undefined;
  }

  async stop(): Promise<HerdFacts> {
    if (this.#stopping) throw new HerdFailed('the herd is stopping already');
    this.#stopping = true;
    clearInterval(this.#pacer);
    this.#loopDelay.disable();
    await this.#untilAnswered();
    for (const connection of this.#connections) connection.giveUp();
    this.#endWatch();
    for (const instance of this.#instances) instance.stop();
    const lateMs = (ns: number) => Math.max(0, ns / 1e6 - LOOP_RESOLUTION_MS);
    return {
      scheduled: this.scheduled,
      lastDueAt: this.#dueAt(this.scheduled - 1),
      openedAt: this.#startedAt + this.#poolSize * this.#periodMs,
      eventLoopDelayMs: { p99: lateMs(this.#loopDelay.percentile(99)), max: lateMs(this.#loopDelay.max) },
      stalls: this.#stalls.inOrder(),
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
    const dueAt = this.#dueAt(this.scheduled);
    this.scheduled += 1;
    const connection = this.#free.shift();
    if (connection) connection.send(dueAt);
    else this.#record({ dueAt, ending: 'unsent' });
  }

  #dueAt(index: number): WallMs {
    return this.#startedAt + index * this.#periodMs;
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
        // The herd itself ends the load. A duration, in contrast, would have to be of some length.
        amount: Number.POSITIVE_INFINITY,
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
    const target = this.#targets.find((target) => {
      const { hostname, port } = addressOf(target);
      return hostname === client.opts.hostname && port === client.opts.port;
    }) as Target;
    const { headers, versionAt } = this.#options;
    const path = this.#pathOf(this.#connections.length);
    const connection = new Connection(client, { path, headers, versionAt }, target, {
      record: this.#record,
      onFree: (connection) => this.#free.push(connection),
    });
    this.#connections.push(connection);
    client.on('connError', (error: NodeJS.ErrnoException) => {
      // The load is no load then, whatever the replicas do.
      if (EXHAUSTED.has(error.code ?? '')) throw error;
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

/** What this machine refuses to the herd: files, or ports. */
const EXHAUSTED: ReadonlySet<string> = new Set(['EMFILE', 'ENFILE', 'EADDRNOTAVAIL']);

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
