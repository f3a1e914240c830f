import { monitorEventLoopDelay } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import autocannon, { type Client, type Histogram, type Instance } from 'autocannon';
import type { Arrival } from '../record/arrival.ts';
import type { HerdFacts } from '../record/facts.ts';
import { HerdFailed } from '../services/shared/lab-errors.ts';
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
 * Many clients at a constant arrival rate: an arrival is due every 1/rate seconds, and goes out on any connection that
 * is free, so that a slow answer delays no other arrival. Opening the connections is the first part of the load.
 */
export function startHerd(options: HerdOptions): Herd {
  const { paths, ratePerSecond, timeoutSeconds, poolSeconds } = options;
  let { targets } = options;
  const arrivals: Arrival[] = [];
  const free: Connection[] = [];
  const connections: Connection[] = [];
  const instances: Instance[] = [];
  /** Those whose target changed, and who may not have noticed yet. */
  const moving: Connection[] = [];
  const periodMs = 1000 / ratePerSecond;
  const poolSize = Math.max(targets.length, poolSeconds * ratePerSecond, targets.length * paths.length);
  const startedAt = wallTimeMs();
  let scheduled = 0;
  let stopping = false;
  const loopDelay = monitorEventLoopDelay({ resolution: LOOP_RESOLUTION_MS });

  /** A connection's path is its own, and arrivals go over the connections in turn. */
  const pathOf = (connection: number) =>
    paths[pathInTurn(connection, paths.length, options.targets.length)] ?? '/';

  function setupClient(client: Client) {
    const target = targets.find(({ url }) => new URL(url).port === String(client.opts.port)) as Target;
    const connection = new Connection(client, pathOf(connections.length), target, {
      record: (arrival) => arrivals.push(arrival),
      onFree: (connection) => free.push(connection),
    });
    connections.push(connection);
    client.on('connError', (error: NodeJS.ErrnoException) => {
      // As a load balancer would: a replica that refuses connections gets none.
      if (error.code === 'ECONNREFUSED') connection.assign(after(connection.target, targets));
    });
  }

  /** Opens the next connections, on the targets in turn; each brings an arrival of its own. */
  function open(count: number) {
    const turn = connections.length % targets.length;
    instances.push(
      autocannon({
        url: [...targets.slice(turn), ...targets.slice(0, turn)].map(({ url }) => url + pathOf(0)),
        connections: count,
        connectionRate: 1,
        duration: 86_400,
        timeout: timeoutSeconds,
        // Its correction takes a connection's interval for 1 ms whatever the rate.
        ignoreCoordinatedOmission: true,
        excludeErrorStats: true,
        skipAggregateResult: true,
        histograms: { latencies: NOT_KEPT, requests: NOT_KEPT, throughput: NOT_KEPT },
        setupClient,
      }),
    );
  }

  function send() {
    const dueAt = startedAt + scheduled * periodMs;
    scheduled += 1;
    const connection = free.shift();
    if (connection) connection.send(dueAt);
    else arrivals.push({ dueAt, ending: 'unsent' });
  }

  function tick() {
    const due = Math.floor((wallTimeMs() - startedAt) / periodMs) + 1;
    const opening = Math.min(due, poolSize) - connections.length;
    if (opening > 0) {
      scheduled += opening;
      open(opening);
    }
    // Opening connections is work that the rest of the load has none of.
    else if (connections.length === poolSize) loopDelay.enable();
    while (scheduled < due) send();
    for (const connection of moving.splice(0, MOVES_PER_TICK)) connection.renew();
  }

  const pacer = setInterval(tick, TICK_MS);
  return {
    get scheduled() {
      return scheduled;
    },
    route(next) {
      if (next.length === 0) throw new HerdFailed('a herd without targets');
      targets = next;
      const moves = shareOut(connections, targets, ({ target }, { url }) => target.url === url);
      for (const [connection, target] of moves) connection.assign(target);
      moving.push(...moves.keys());
    },
    async stop() {
      if (stopping) throw new HerdFailed('the herd is stopping already');
      stopping = true;
      clearInterval(pacer);
      loopDelay.disable();
      const giveUpAt = performance.now() + timeoutSeconds * 1000;
      while (connections.some(({ busy }) => busy) && performance.now() < giveUpAt) await sleep(20);
      for (const connection of connections) connection.giveUp();
      for (const instance of instances) instance.stop();
      const late = (ns: number) => Math.max(0, ns / 1e6 - LOOP_RESOLUTION_MS);
      return {
        arrivals,
        scheduled,
        openedAt: startedAt + poolSize * periodMs,
        eventLoopDelayMs: { p99: late(loopDelay.percentile(99)), max: late(loopDelay.max) },
      };
    },
  };
}

/** We keep every arrival ourselves; three histograms an instance would only delay its start. */
const NOT_KEPT: Histogram = {
  __custom: true,
  recordValue() {},
  recordValueWithExpectedInterval() {},
  reset() {},
  destroy() {},
};

const after = ({ url }: Target, targets: readonly Target[]): Target =>
  targets[(targets.findIndex((target) => target.url === url) + 1) % targets.length] as Target;
