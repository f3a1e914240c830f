import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { resolve } from 'node:path';
import { chooseRuntime } from '../../cluster/choose-runtime.ts';
import type { ComposeCluster } from '../../cluster/compose/compose-cluster.ts';
import { findEngine } from '../../cluster/compose/engine.ts';
import { describeContainers } from '../../cluster/compose/standing.ts';
import type { LocalCluster } from '../../cluster/local/local-cluster.ts';
import { describeProcesses } from '../../cluster/local/standing.ts';
import { STANDING } from '../../cluster/standing/description-path.ts';
import {
  controlsOf,
  forgetStanding,
  healStanding,
  loadStanding,
  type Standing,
  saveStanding,
} from '../../cluster/standing/standing.ts';
import { lockUp } from '../../cluster/standing/up-lock.ts';
import { startCluster } from '../../cluster/start.ts';
import type { Settings } from '../../record/settings.ts';
import { UsageError } from '../../services/shared/usage-error.ts';
import { boardsThatRun } from '../boards/boards.ts';
import { ensureServersFor } from '../install/ensure-servers.ts';
import { settingsFrom } from '../parameters/settings.ts';
import { valuesOf } from '../parameters/values.ts';
import { timestamp } from '../run/timestamp.ts';
import { printBoardsStatus } from './boards.ts';
import type { Command } from './command.ts';

/** Keeps a cluster running and says where it is. */
export const up: Command = async (invocation, signal) => {
  const values = valuesOf(invocation);
  const settings = settingsFrom(values);
  const lock = await lockUp();
  if (typeof lock === 'object')
    throw new UsageError(
      `another make up or make rehearse has a cluster here (pid ${lock.heldBy}). Allowed: one at a time. Type: make status, once it is done`,
    );
  try {
    return await bringUp(settings, values.BOARDS, signal);
  } finally {
    lock();
  }
};

async function bringUp(settings: Settings, boards: boolean, signal: AbortSignal): Promise<number> {
  const before = loadStanding();
  if (before && (await controlsOf(before).alive()).size > 0)
    throw new UsageError(`a cluster is up already. Type: make status, or make down`);
  // After a restart of the machine all of it is dead, and some of it is still there.
  if (before) await controlsOf(before).end(signal);
  const choice = await chooseRuntime(settings, () => findEngine(signal));
  await ensureServersFor(settings, choice, signal);
  const cluster = await startCluster({
    settings,
    choice,
    folder: resolve(`.lab/${timestamp(new Date())}`),
    signal,
    onPhase: console.log,
    stay: true,
    // The boards of every run see this one too.
    boards: boards && (await boardsThatRun()) === undefined,
  });
  const standing = await describeOrEnd(cluster, settings, signal);
  await print(standing);
  console.log(
    `\ntry   curl -i ${(standing.proxies[0] ?? standing.replicas[0])?.url}/keys/${settings.key}\nend   make down`,
  );
  return 0;
}

/** Describes the cluster and lets it live. Until then it ends with the lab, however that ends. */
async function describeOrEnd(
  cluster: LocalCluster | ComposeCluster,
  settings: Settings,
  signal: AbortSignal,
): Promise<Standing> {
  try {
    signal.throwIfAborted();
    const standing = await saveStanding(
      cluster.runtime === 'compose'
        ? describeContainers(cluster, settings)
        : describeProcesses(cluster, settings),
    );
    signal.throwIfAborted();
    await cluster.letLive();
    return standing;
  } catch (error) {
    await forgetStanding();
    await cluster.down();
    throw error;
  }
}

export const status: Command = async () => {
  const standing = loadStanding();
  if (!standing) console.log('no cluster is up. Type: make up STRATEGY=lock');
  const isWell = standing ? await print(standing) : false;
  const areBoardsWell = await printBoardsStatus();
  return isWell && areBoardsWell ? 0 : 1;
};

export const down: Command = async (_invocation, signal) => {
  const standing = loadStanding();
  if (!standing) {
    // A lab that was killed while it started one may have left its targets.
    await forgetStanding();
    console.log('no cluster is up');
    return 0;
  }
  const ended = await controlsOf(standing).end(signal);
  await forgetStanding();
  console.log(`ended ${ended}`);
  return 0;
};

/** Undoes whatever was done to the running cluster. */
export const heal: Command = async (invocation, signal, mayTake) => {
  const standing = loadStanding();
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
  return status(invocation, signal, mayTake);
};

/** What the members of the running cluster say, from now on, until it is interrupted. */
export const logs: Command = async (_invocation, signal) => {
  const standing = loadStanding();
  if (!standing) {
    console.log('no cluster is up. A run keeps its logs: results/latest/logs');
    return 1;
  }
  const [command, ...args] = controlsOf(standing).logs;
  const child = spawn(command, args, { stdio: 'inherit' });
  await once(child, 'spawn');
  signal.addEventListener('abort', () => child.kill(), { once: true });
  await once(child, 'close');
  return 0;
};

/** Says whether every member of it is up. */
async function print(standing: Standing): Promise<boolean> {
  const { strategy, runtime, origin, redisServers, lockServers, replicas, refreshers, proxies } = standing;
  const members = [
    ...redisServers,
    ...lockServers,
    { name: 'origin', ...origin },
    ...replicas,
    ...refreshers,
    ...proxies,
    ...(runtime === 'compose' ? boardsOf(standing) : []),
  ];
  const alive = await controlsOf(standing).alive();
  console.log(`strategy ${strategy}, runtime ${runtime}, described in ${STANDING}`);
  for (const { name, url } of members)
    console.log(`  ${alive.has(name) ? 'up  ' : 'down'}  ${name.padEnd(11)} ${url}`);
  return members.every(({ name }) => alive.has(name));
}

const boardsOf = (standing: Standing & { runtime: 'compose' }) =>
  (['prometheus', 'grafana'] as const).flatMap((name) => {
    const board = standing[name];
    return board ? [{ name, ...board }] : [];
  });
