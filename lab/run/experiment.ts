import { rm, symlink } from 'node:fs/promises';
import { cpus } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import type { Cluster } from '../../cluster/cluster.ts';
import { patienceMsFor } from '../../cluster/environment.ts';
import { startCluster } from '../../cluster/start.ts';
import { faultNamed } from '../../faults/index.ts';
import type { Judged } from '../../judge/index.ts';
import { forkHerd, type HerdProcess } from '../../load/herd-process.ts';
import type { FaultEvent } from '../../record/fault-events.ts';
import { HISTORY, writeFacts } from '../../record/files/run-folder.ts';
import type { Settings } from '../../record/settings.ts';
import type { Progress } from '../../report/progress.ts';
import { strategyNamed } from '../../strategies/index.ts';
import { ensureServersFor } from '../install/ensure-servers.ts';
import { Journals } from './journals.ts';
import { judgeFolder } from './judge-folder.ts';
import { Marks } from './marks.ts';
import { type Commands, probeRedis, type RedisProbe } from './redis-probe.ts';
import { runFault } from './run-fault.ts';
import { timestamp } from './timestamp.ts';
import { untilJudged } from './until-judged.ts';
import { warmUp } from './warm-up.ts';

/** So many connections are the injector's most: what finds none free is unsent, and the run unknown. */
const MOST_CONNECTIONS = 20_000;

export interface Experiment {
  readonly settings: Settings;
  /** Where the run's folder goes. */
  readonly results: string;
  readonly signal: AbortSignal;
  readonly onPhase?: (phase: string) => void;
  readonly onProgress?: (progress: Progress) => void;
}

/**
 * One run, from an empty cluster to its record on disk: starts the cluster, drives the herd over the expiries asked
 * for, ends both whatever happens, and judges what was recorded.
 */
export async function runExperiment({ settings, results, signal, ...on }: Experiment): Promise<Judged> {
  const fault = faultNamed(settings.fault);
  const run = [timestamp(new Date()), settings.strategy, settings.ablate, settings.proxy, fault?.name]
    .filter((part) => part != null)
    .join('-');
  const folder = resolve(results, run);

  await ensureServersFor(settings);
  const cluster: Cluster = await startCluster({ settings, folder, signal, onPhase: on.onPhase });
  let herd: HerdProcess | undefined;
  let probe: RedisProbe | undefined;
  let faulting: Promise<FaultEvent[]> = Promise.resolve([]);
  try {
    await warmUp(cluster);
    probe = await probeRedis(cluster.redis.url);
    const commandsBefore = await probe.commands();
    const journals = new Journals(cluster.files);
    const { proxies, replicas } = cluster;
    const targets = proxies.length > 0 ? proxies : replicas;
    const asked = settings.proxy ? `${targets.length} ${settings.proxy} in front of ` : '';
    on.onPhase?.(
      `herd of ${settings.ratePerSecond} requests a second on ${asked}${settings.replicas} replicas`,
    );
    herd = forkHerd(
      {
        targets,
        paths: [`/keys/${settings.key}`],
        ratePerSecond: settings.ratePerSecond,
        timeoutSeconds: timeoutSecondsFor(settings),
        poolSeconds: poolSecondsFor(settings),
      },
      join(cluster.files.logs, 'herd.log'),
    );
    const marks = new Marks(cluster.origin);
    marks.put('run', settings.strategy);
    const ending = new AbortController();
    if (fault) {
      const { route } = herd;
      const onPhase = on.onPhase ?? (() => {});
      faulting = runFault({ fault: fault.name, cluster, settings, journals, route, marks, signal, onPhase });
      faulting.finally(() => ending.abort()).catch(() => {});
    } else {
      ending.abort();
    }
    await untilJudged({
      settings,
      journals,
      herd,
      signal,
      onProgress: on.onProgress,
      openingMs: 1000 * poolSecondsFor(settings),
      faultIsOver: ending.signal,
    });
    const faultEvents = await faulting;
    const historyPath = join(folder, HISTORY);
    const herdResult = await herd.stop(historyPath);
    // Where another server may take over, what the first one was sent is not all.
    const redisCommands =
      fault && settings.store !== 'single' ? null : difference(await probe.commands(), commandsBefore);
    const casualties = await cluster.casualties();
    await cluster.down();
    journals.refresh();
    const host = { cpus: cpus().length, node: process.version, redis: probe.version };
    const facts = {
      run,
      runtime: cluster.runtime,
      settings,
      herd: herdResult,
      casualties,
      host,
      redisCommands,
    };
    await writeFacts(folder, facts, [...journals.events, ...faultEvents]);
    const finished = await judgeFolder(folder);
    await linkLatest(folder);
    return finished;
  } finally {
    // What was broken is mended before anything is ended.
    await faulting.catch(() => {});
    probe?.close();
    herd?.kill();
    await cluster.down();
  }
}

const timeoutSecondsFor = (settings: Settings): number => Math.ceil(patienceMsFor(settings) / 1000);

/** The longest anybody should wait, and a second more: so much of the load may be under way at once. */
function poolSecondsFor(settings: Settings): number {
  const claim = strategyNamed(settings.strategy)?.claim;
  const faultMs = (claim && faultNamed(settings.fault)?.tolerance(settings, claim).extraWaitMs) ?? 0;
  return Math.min(
    timeoutSecondsFor(settings),
    1 + Math.ceil((settings.leaseMs + 2 * settings.recomputeMs + faultMs) / 1000),
    Math.max(1, Math.floor(MOST_CONNECTIONS / settings.ratePerSecond)),
  );
}

/** Null when either count is unknown, or the server began to count anew in between. */
const difference = (after: Commands | null, before: Commands | null) =>
  after && before && after.run === before.run ? after.count - before.count : null;

async function linkLatest(folder: string): Promise<void> {
  const latest = join(dirname(folder), 'latest');
  await rm(latest, { force: true });
  await symlink(folder.slice(dirname(folder).length + 1), latest);
}
