import { rm, symlink } from 'node:fs/promises';
import { cpus } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { chooseRuntime } from '../../cluster/choose-runtime.ts';
import type { Cluster } from '../../cluster/cluster.ts';
import { patienceMsFor } from '../../cluster/environment.ts';
import { startCluster } from '../../cluster/start.ts';
import { faultNamed } from '../../faults/index.ts';
import type { Strike } from '../../faults/support/strike.ts';
import type { Judged } from '../../judge/index.ts';
import { forkHerd, type HerdProcess } from '../../load/herd-process.ts';
import type { RunEvent, RunFacts } from '../../record/facts.ts';
import type { FaultEvent } from '../../record/fault-events.ts';
import { HISTORY, writeFacts } from '../../record/files/run-folder.ts';
import type { Settings } from '../../record/settings.ts';
import type { Progress } from '../../report/progress.ts';
import { strategyNamed } from '../../strategies/index.ts';
import { ensureServersFor } from '../install/ensure-servers.ts';
import { Journals } from './journals.ts';
import { judgeFolder } from './judge-folder.ts';
import { loadStrike } from './load-strike.ts';
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

interface Started extends Experiment {
  /** The folder's name, and where it is. */
  readonly run: string;
  readonly folder: string;
  readonly cluster: Cluster;
  readonly strike: Strike | undefined;
}

/**
 * Makes one run, from an empty cluster to its record on disk: starts the cluster, drives the herd over the expiries wanted,
 * ends both whatever happens, and judges what was recorded.
 */
export async function runExperiment(experiment: Experiment): Promise<Judged> {
  const { settings, results, signal, onPhase } = experiment;
  const run = [timestamp(new Date()), settings.strategy, settings.ablate, settings.proxy, settings.fault]
    .filter((part) => part != null)
    .join('-');
  const folder = resolve(results, run);
  // Whatever is missing shows before anything is started.
  const strike = settings.fault === null ? undefined : await loadStrike(settings.fault);
  const choice = await chooseRuntime(settings);
  await ensureServersFor(settings, choice, signal);
  const cluster = await startCluster({ settings, choice, folder, signal, onPhase });
  try {
    await writeFacts(folder, ...(await recordRun({ ...experiment, run, folder, cluster, strike })));
  } finally {
    await cluster.down();
  }
  const judged = await judgeFolder(folder);
  await linkLatest(folder);
  return judged;
}

/** Drives the herd, and the fault if there is one, until everything wanted has happened. Gives what there is to record. */
async function recordRun({
  settings,
  signal,
  onPhase = () => {},
  onProgress,
  run,
  folder,
  cluster,
  strike,
}: Started): Promise<[RunFacts, readonly RunEvent[]]> {
  let herd: HerdProcess | undefined;
  let probe: RedisProbe | undefined;
  let faulting: Promise<FaultEvent[]> = Promise.resolve([]);
  try {
    await warmUp(cluster);
    probe = await probeRedis(cluster.redis.url);
    const commandsBefore = await probe.commands();
    const journals = new Journals(cluster.files);
    herd = startHerdOn(cluster, settings, onPhase);
    const marks = new Marks(cluster.origin);
    marks.put('run', settings.strategy);
    const { fault } = settings;
    const { route } = herd;
    if (fault && strike)
      faulting = runFault({ fault, strike, cluster, settings, journals, route, marks, signal, onPhase });
    await untilJudged({
      settings,
      journals,
      herd,
      signal,
      onProgress,
      openingMs: 1000 * poolSecondsFor(settings),
      faulting: fault ? faulting : undefined,
    });
    const faultEvents = await faulting;
    const herdFacts = await herd.stop(join(folder, HISTORY));
    // Where another server may take over, what the first one was sent is not all.
    const isCounted = !fault || settings.store === 'single';
    const redisCommands = isCounted ? difference(await probe.commands(), commandsBefore) : null;
    const casualties = await cluster.casualties();
    await cluster.down();
    journals.refresh();
    const host = { cpus: cpus().length, node: process.version, redis: probe.version };
    const { runtime } = cluster;
    const facts = { run, runtime, settings, herd: herdFacts, casualties, host, redisCommands };
    return [facts, [...journals.events, ...faultEvents]];
  } finally {
    // What was broken is healed before anything is ended.
    await faulting.catch(() => {});
    probe?.close();
    herd?.kill();
  }
}

/** Starts the load: on the proxies, where there are any, else on the replicas. */
function startHerdOn(
  { proxies, replicas, files }: Cluster,
  settings: Settings,
  onPhase: (phase: string) => void,
): HerdProcess {
  const targets = proxies.length > 0 ? proxies : replicas;
  const front = settings.proxy ? `${targets.length} ${settings.proxy} in front of ` : '';
  onPhase(`herd of ${settings.ratePerSecond} requests a second on ${front}${settings.replicas} replicas`);
  return forkHerd(
    {
      targets,
      paths: [`/keys/${settings.key}`],
      ratePerSecond: settings.ratePerSecond,
      timeoutSeconds: timeoutSecondsFor(settings),
      poolSeconds: poolSecondsFor(settings),
    },
    join(files.logs, 'herd.log'),
  );
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
