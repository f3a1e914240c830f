import { monitorEventLoopDelay } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import autocannon, { type Client, type Histogram, type Instance } from 'autocannon';
import { wallTimeMs } from '../services/shared/wall-time.ts';
import { Connection } from './connection.ts';
import type { Arrival } from './history.ts';

export interface HerdOptions {
  /** Base URLs of the replicas. */
  readonly targets: readonly string[];
  readonly path: string;
  readonly ratePerSecond: number;
  /** How long an answer may take. Whole seconds, at least one. */
  readonly timeoutSeconds: number;
}

export interface HerdResult {
  readonly arrivals: readonly Arrival[];
  /** Arrivals that fell due, counted when they did; the arrivals are recorded when they end. */
  readonly scheduled: number;
  /** How late the injector's own event loop was, in ms. */
  readonly eventLoopDelayMs: { readonly p99: number; readonly max: number };
}

export interface Herd {
  readonly scheduled: number;
  /** Ends the load: what is under way may still be answered; the rest counts as timed out. */
  stop(): Promise<HerdResult>;
}

/** So many seconds' worth of arrivals may be under way at once; an arrival that finds no connection free is unsent. */
export const POOL_SECONDS = 2;
const TICK_MS = 1;
const LOOP_RESOLUTION_MS = 5;

/**
 * Many clients at a constant arrival rate: an arrival is due every 1/rate seconds, and goes out on any connection that
 * is free, so that a slow answer delays no other arrival. Opening the connections is the first part of the load.
 */
export function startHerd({ targets, path, ratePerSecond, timeoutSeconds }: HerdOptions): Herd {
  const arrivals: Arrival[] = [];
  const free: Connection[] = [];
  const connections: Connection[] = [];
  const instances: Instance[] = [];
  const periodMs = 1000 / ratePerSecond;
  const poolSize = Math.max(targets.length, POOL_SECONDS * ratePerSecond);
  const startedAt = wallTimeMs();
  let scheduled = 0;
  let stopping = false;
  const loopDelay = monitorEventLoopDelay({ resolution: LOOP_RESOLUTION_MS });
  loopDelay.enable();

  function setupClient(client: Client) {
    client.on('connError', (error: NodeJS.ErrnoException) => {
      // As a load balancer would: a replica that refuses connections gets none.
      if (error.code === 'ECONNREFUSED') moveOn(client, targets);
    });
    connections.push(
      new Connection(
        client,
        path,
        (arrival) => arrivals.push(arrival),
        (connection) => free.push(connection),
      ),
    );
  }

  /** Opens the next connections, on the targets in turn; each brings an arrival of its own. */
  function open(count: number) {
    const turn = connections.length % targets.length;
    instances.push(
      autocannon({
        url: [...targets.slice(turn), ...targets.slice(0, turn)].map((target) => target + path),
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
    while (scheduled < due) send();
  }

  const pacer = setInterval(tick, TICK_MS);
  return {
    get scheduled() {
      return scheduled;
    },
    async stop() {
      if (stopping) throw new Error('the herd is stopping already');
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

function moveOn(client: Client, targets: readonly string[]) {
  const here = targets.findIndex((target) => new URL(target).port === String(client.opts.port));
  const next = new URL(targets[(here + 1) % targets.length] ?? '');
  client.opts.hostname = next.hostname;
  client.opts.port = next.port;
}
