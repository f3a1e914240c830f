import { setTimeout as sleep } from 'node:timers/promises';
import type { Command } from '../cli.ts';
import { startLocalCluster } from '../cluster/local.ts';
import {
  forget,
  healStanding,
  isAlive,
  recall,
  remember,
  STANDING,
  type Standing,
} from '../cluster/standing.ts';
import { startingLine, timestamp } from '../experiment.ts';
import { valuesFrom } from '../parameters.ts';
import { settingsFrom } from '../settings.ts';
import { UsageError } from '../usage-error.ts';

const STOP_WITHIN_MS = 3000;

/** Keeps a cluster running and says where it is. */
export const up: Command = async (typed, signal) => {
  const settings = settingsFrom(valuesFrom('up', typed, process.env));
  if (settings.store !== 'single')
    throw new UsageError(
      `STORE=${settings.store} needs links that the lab itself carries, so it ends with it. Allowed here: single. Type: make up`,
    );
  const before = recall();
  if (before?.processes.some(isAlive))
    throw new UsageError(`a cluster is up already. Type: make status, or make down`);
  const cluster = await startLocalCluster(
    {
      settings,
      folder: `.lab/${timestamp(new Date())}`,
      signal,
      onStart: () => console.log(startingLine(settings)),
    },
    { stay: true },
  );
  const standing = await remember(cluster, settings.strategy);
  print(standing);
  console.log(`\ntry   curl -i ${standing.replicas[0]?.url}/keys/${settings.key}\nend   make down`);
  return 0;
};

export const status: Command = async () => {
  const standing = recall();
  if (!standing) {
    console.log('no cluster is up. Type: make up STRATEGY=lock');
    return 1;
  }
  print(standing);
  return standing.processes.every(isAlive) ? 0 : 1;
};

export const down: Command = async () => {
  const standing = recall();
  if (!standing) {
    console.log('no cluster is up');
    return 0;
  }
  const alive = standing.processes.filter(isAlive);
  for (const { pid } of alive) process.kill(pid, 'SIGCONT');
  for (const { pid } of alive) process.kill(pid, 'SIGINT');
  const giveUpAt = performance.now() + STOP_WITHIN_MS;
  while (alive.some(isAlive) && performance.now() < giveUpAt) await sleep(50);
  for (const { pid } of alive.filter(isAlive)) process.kill(pid, 'SIGKILL');
  await forget();
  console.log(`ended ${alive.length} processes`);
  return 0;
};

/** Undoes whatever was done to the running cluster. */
export const heal: Command = async (_typed, signal) => {
  const standing = recall();
  if (!standing) {
    console.log('no cluster is up, and what a run breaks it mends itself: nothing to heal');
    return 0;
  }
  const started = await healStanding(standing, signal);
  console.log(
    started.length > 0
      ? `started again: ${started.join(', ')}`
      : 'everything was there; what was paused goes on',
  );
  return status([], signal);
};

function print({ strategy, runtime, replicas, origin, redis, lockServers, processes }: Standing): void {
  const state = (name: string) =>
    processes.some((process) => process.name === name && isAlive(process)) ? 'up  ' : 'down';
  console.log(`strategy ${strategy}, runtime ${runtime}, described in ${STANDING}`);
  console.log(`  ${state('redis')}  redis    ${redis.url}`);
  for (const { name, url } of lockServers) console.log(`  ${state(name)}  ${name.padEnd(8)} ${url}`);
  console.log(`  ${state('origin')}  origin   ${origin.url}`);
  for (const { name, url } of replicas) console.log(`  ${state(name)}  ${name.padEnd(8)} ${url}`);
}
