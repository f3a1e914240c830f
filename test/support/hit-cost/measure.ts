import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import autocannon from 'autocannon';
import { reserveAny } from '../../../cluster/ports.ts';
import { startRedis } from '../redis-server.ts';
import { until } from '../within.ts';

const REPLICA = fileURLToPath(new URL('./replica.ts', import.meta.url));
const CONNECTIONS = 50;
const REQUESTS = 4000;
const ROUNDS = 9;

/** Processor time per request, in microseconds: the median of the rounds. */
export interface HitCost {
  readonly hit: number;
  readonly constant: number;
  /** The median of what a hit costs in a round, relative to the constant route in the same round. */
  readonly ratio: number;
}

/**
 * Measures what a near-cache hit costs a replica, beside a constant route with the same body in the same process. The rounds alternate between
 * the two routes, since other work on the machine slows both.
 */
export async function measureHitCost(): Promise<HitCost> {
  const redis = await startRedis();
  const origin = createServer((_request, response) => {
    response.setHeader('content-type', 'application/json');
    response.end(JSON.stringify({ value: { n: 1 }, version: 1, computedAt: Date.now() }));
  });
  origin.listen(0, '127.0.0.1');
  await once(origin, 'listening');
  const { ports, release } = await reserveAny(1);
  const url = `http://127.0.0.1:${ports[0]}`;
  const replica = spawn(process.execPath, [REPLICA], {
    stdio: 'ignore',
    env: {
      ...{ PATH: process.env.PATH, HOST: '127.0.0.1', PORT: `${ports[0]}`, STRATEGY: 'near-cache' },
      ...{ TTL_MS: '600000', REDIS_URL: redis.url },
      ORIGIN_URL: `http://127.0.0.1:${(origin.address() as AddressInfo).port}`,
    },
  });
  const exited = once(replica, 'exit');
  try {
    await until('the replica to be ready', () => isOk(`${url}/readyz`));
    const isNear = async () => (await commandsOf(url)) === (await commandsOf(url, '/keys/k'));
    await until('a copy', async () => (await isOk(`${url}/keys/k`)) && isNear());
    await fetch(`${url}/constant/k`, { method: 'PUT' });
    const rounds: { hit: number; constant: number }[] = [];
    for (let round = 0; round <= ROUNDS; round++) {
      const [hit, constant] = [await costOf(url, '/keys/k'), await costOf(url, '/constant/k')];
      // The first round warms up.
      if (round > 0) rounds.push({ hit, constant });
    }
    return {
      hit: median(rounds.map(({ hit }) => hit)),
      constant: median(rounds.map(({ constant }) => constant)),
      ratio: median(rounds.map(({ hit, constant }) => hit / constant)),
    };
  } finally {
    replica.kill('SIGKILL');
    await exited;
    release();
    origin.close();
    await redis.stop();
  }
}

const isOk = (url: string) =>
  fetch(url).then(
    ({ ok }) => ok,
    () => false,
  );

/** Counts the replica's reads of the store, after a request if there is one. */
async function commandsOf(url: string, path?: string): Promise<string | undefined> {
  if (path) await fetch(`${url}${path}`);
  const metrics = await (await fetch(`${url}/metrics`)).text();
  return /dogpile_store_commands_total\{command="read".*\} (\d+)/.exec(metrics)?.[1];
}

async function costOf(url: string, path: string): Promise<number> {
  const before = await processorTime(url);
  await autocannon({ url: `${url}${path}`, connections: CONNECTIONS, amount: REQUESTS });
  return ((await processorTime(url)) - before) / REQUESTS;
}

async function processorTime(url: string): Promise<number> {
  const { user, system } = (await (await fetch(`${url}/cpu`)).json()) as NodeJS.CpuUsage;
  return user + system;
}

const median = (values: readonly number[]): number =>
  values.toSorted((one, other) => one - other)[Math.floor(values.length / 2)] as number;
