import { monitorEventLoopDelay } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import autocannon, { type Client, type Instance } from 'autocannon';
import { Connection, PERIOD_MS } from './connection.ts';
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
  /** Arrivals that fell due, counted when they did; the arrivals are counted when they end. */
  readonly scheduled: number;
  /** How late the injector's own event loop was, in ms. */
  readonly eventLoopDelayMs: { readonly p99: number; readonly max: number };
}

export interface Herd {
  readonly scheduled: number;
  /** Ends the load: what is under way may still be answered; the rest counts as timed out. */
  stop(): Promise<HerdResult>;
}

/** Groups of connections that start together, spread over a second. */
const SLOTS = 100;
const LOOP_RESOLUTION_MS = 5;

/**
 * Many clients at a constant arrival rate: `ratePerSecond` connections ask once a second each, started in groups
 * spread over the first second, since autocannon sends what a connection owes for a second in one burst. A slow answer
 * delays nobody but its own connection, and that delay counts as latency.
 */
export function startHerd({ targets, path, ratePerSecond, timeoutSeconds }: HerdOptions): Herd {
  const arrivals: Arrival[] = [];
  const connections: Connection[] = [];
  const instances: Instance[] = [];
  let scheduled = 0;
  let stopping = false;
  const loopDelay = monitorEventLoopDelay({ resolution: LOOP_RESOLUTION_MS });
  loopDelay.enable();

  function setupClient(client: Client) {
    const connection = new Connection((arrival) => arrivals.push(arrival));
    connections.push(connection);
    client.setRequests([
      { method: 'GET', path, onResponse: (status, body) => connection.answered(status, body) },
    ]);
    client.on('request', () => {
      if (!stopping) scheduled += connection.sending();
    });
    client.on('timeout', () => connection.timedOut());
    client.on('connError', (error: NodeJS.ErrnoException) => {
      connection.failed(error.code ?? error.message);
      // As a load balancer would: a replica that refuses connections gets none.
      if (error.code === 'ECONNREFUSED') moveOn(client, targets);
    });
  }

  async function spreadConnections() {
    const slots = Math.min(SLOTS, ratePerSecond);
    const startedAt = performance.now();
    for (let slot = 0; slot < slots && !stopping; slot++) {
      await sleep(Math.max(0, startedAt + (slot * PERIOD_MS) / slots - performance.now()));
      const first = Math.round((slot * ratePerSecond) / slots);
      const count = Math.round(((slot + 1) * ratePerSecond) / slots) - first;
      instances.push(
        autocannon({
          url: rotated(targets, first).map((target) => target + path),
          connections: count,
          connectionRate: 1,
          duration: 86_400,
          timeout: timeoutSeconds,
          // Its correction takes a connection's interval for 1 ms whatever the rate.
          ignoreCoordinatedOmission: true,
          excludeErrorStats: true,
          skipAggregateResult: true,
          setupClient,
        }),
      );
    }
  }

  const spread = spreadConnections();
  return {
    get scheduled() {
      return scheduled;
    },
    async stop() {
      stopping = true;
      await spread;
      loopDelay.disable();
      const giveUpAt = performance.now() + timeoutSeconds * 1000;
      while (connections.some(({ outstanding }) => outstanding) && performance.now() < giveUpAt)
        await sleep(20);
      for (const connection of connections) connection.timedOut();
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

const rotated = <T>(list: readonly T[], by: number): T[] => [
  ...list.slice(by % list.length),
  ...list.slice(0, by % list.length),
];

function moveOn(client: Client, targets: readonly string[]) {
  const here = targets.findIndex((target) => new URL(target).port === String(client.opts.port));
  const next = new URL(targets[(here + 1) % targets.length] ?? '');
  client.opts.hostname = next.hostname;
  client.opts.port = next.port;
}
