import { cpus } from 'node:os';
import { basename, join } from 'node:path';
import { chooseRuntime } from '../../cluster/choose-runtime.ts';
import type { Cluster } from '../../cluster/cluster.ts';
import { findEngine } from '../../cluster/compose/engine.ts';
import { startCluster } from '../../cluster/start.ts';
import { faultsNamed } from '../../faults/index.ts';
import type { Judged } from '../../judge/index.ts';
import type { HerdOptions } from '../../load/herd.ts';
import { forkHerd, type HerdEnd, type HerdProcess } from '../../load/herd-process.ts';
import { openJournal } from '../../record/files/journal.ts';
import {
  forgetIfNothingBegan,
  HISTORY,
  LAB_JOURNAL,
  linkLatest,
  writeRunEnd,
} from '../../record/files/run-folder.ts';
import { askingOf } from '../../record/foreign/asking.ts';
import { isForeign, strategyOf } from '../../record/foreign/foreign.ts';
import type { RunEnd } from '../../record/run.ts';
import type { Settings } from '../../record/settings.ts';
import type { Progress } from '../../report/progress.ts';
import { seededRandom, seedFor } from '../../services/shared/random.ts';
import { UsageError } from '../../services/shared/usage-error.ts';
import { type Scraping, scrapingOf } from '../boards/scraping.ts';
import { ensureServersFor } from '../install/ensure-servers.ts';
import { type Invalidating, keepInvalidating, NO_INVALIDATIONS } from './invalidate.ts';
import { type LoadedFault, loadFault } from './load-fault.ts';
import { Marks } from './marks.ts';
import { targetGroundOf } from './own/target.ts';
import { paceOf } from './pace.ts';
import { beginRun } from './recording/begin-run.ts';
import { sampleClocks } from './recording/clock-samples.ts';
import { Journals } from './recording/journals.ts';
import { judgeFolder } from './recording/judge-folder.ts';
import { recordersOf } from './recording/recorders.ts';
import {
  addStates,
  hasBrokenJournal,
  type JournalStates,
  journalStatesOf,
  SILENT,
  sealFiles,
} from './recording/seals.ts';
import { type Commands, probeRedis, type RedisProbe } from './redis-probe.ts';
import { runFaults } from './run-fault.ts';
import { unlessAborted } from './unless-aborted.ts';
import { untilJudged } from './until-judged.ts';
import { warmUp, warmUpOwn } from './warm-up.ts';

export interface Experiment {
  readonly settings: Settings;
  /** Where the run's folder goes. */
  readonly results: string;
  readonly signal: AbortSignal;
  readonly onPhase?: (phase: string) => void;
  readonly onProgress?: (progress: Progress) => void;
}

interface Started extends Experiment {
  readonly folder: string;
  readonly cluster: Cluster;
  readonly faults: readonly LoadedFault[];
  readonly scraping: Scraping;
  readonly onHerd: (herd: HerdProcess) => void;
}

/**
 * Makes one run, from an empty cluster to its record on disk: starts the cluster, drives the herd over the expiries wanted,
 * ends both whatever happens, and judges what was recorded.
 */
export async function runExperiment(experiment: Experiment): Promise<Judged> {
  const { results, onPhase } = experiment;
  const target = targetGroundOf(experiment.settings);
  const settings = target?.settings ?? experiment.settings;
  // A herd that dies ends the run as an interruption does.
  const failure = new AbortController();
  const signal = AbortSignal.any([experiment.signal, failure.signal]);
  const onHerd = ({ died }: HerdProcess) => void died.then((error) => failure.abort(error));
  // Whatever is missing shows before anything is started.
  const faults = await Promise.all((faultsNamed(settings.fault) ?? []).map(({ name }) => loadFault(name)));
  const scraping = await scrapingOf(signal, (phase) => onPhase?.(phase));
  const choice = await chooseRuntime(settings, () => findEngine(signal));
  if (!target) await ensureServersFor(settings, choice, signal);
  const begun = { results, runtime: choice.runtime, ...(target && { members: target.members }) };
  const { run, folder, token } = await beginRun(settings, begun);
  const spec = { settings, choice, folder, token, signal, onPhase };
  const cluster = await (target?.start(spec) ?? startCluster(spec)).catch(async (error) => {
    if (error instanceof UsageError) await forgetIfNothingBegan(folder);
    throw error;
  });
  try {
    const recorded = await recordRun({
      ...experiment,
      settings,
      signal,
      onHerd,
      folder,
      cluster,
      faults,
      scraping,
    });
    await cluster.down();
    await writeRunEnd(folder, sealed(folder, recorded));
  } finally {
    await cluster.down();
  }
  const judged = await judgeFolder(folder);
  await linkLatest(results, run);
  return judged;
}

/** What is known of a run when its load has ended. */
interface Recorded extends Omit<RunEnd, 'files' | 'herd'> {
  readonly herd: HerdEnd;
  readonly journals: JournalStates;
}

/** Drives the herd, and the fault if there is one, until everything wanted has happened. Gives what there is to record. */
async function recordRun({
  settings,
  signal,
  onPhase = () => {},
  onProgress,
  folder,
  cluster,
  faults,
  scraping,
  onHerd,
}: Started): Promise<Recorded> {
  let herd: HerdProcess | undefined;
  let probe: RedisProbe | undefined;
  let stopSampling = () => {};
  let invalidating: Invalidating = NO_INVALIDATIONS;
  let states: JournalStates = new Map();
  let faulting: Promise<void> = Promise.resolve();
  const journal = openJournal(join(folder, LAB_JOURNAL));
  try {
    await (isForeign(settings) ? warmUpOwn(cluster, askingOf(settings), signal) : warmUp(cluster, signal));
    const recorders = () => recordersOf(cluster, settings);
    await scraping.found(basename(folder), recorders());
    probe = await probeRedis(cluster.redis.url);
    const commandsBefore = await probe.commands();
    const journals = new Journals(cluster.files);
    herd = startHerdOn(cluster, settings, folder, onPhase);
    onHerd(herd);
    stopSampling = sampleClocks({ recorders, herd, store: probe, journal });
    const openingMs = 1000 * paceOf(settings).poolSeconds;
    if (settings.invalidateMs !== null)
      invalidating = keepInvalidating({
        cluster,
        key: settings.key,
        everyMs: settings.invalidateMs,
        afterMs: openingMs,
        random: seededRandom(seedFor(settings.seed, 'invalidate')),
        journal,
      });
    const marks = new Marks(cluster.origin);
    marks.put('run', strategyOf(settings));
    const { route, hangUp } = herd;
    const ground = {
      cluster,
      settings,
      journals,
      invalidating,
      route,
      hangUp,
      marks,
      journal,
      signal,
      onPhase,
    };
    faulting = runFaults(faults, ground);
    await untilJudged({
      settings,
      journals,
      herd,
      signal,
      onProgress,
      openingMs,
      faulting: faults.length > 0 ? faulting : undefined,
      async isBroken() {
        states = addStates(states, await journalStatesOf(recorders()));
        const isBroken = journals.isDamaged || journal.state.broken !== undefined || hasBrokenJournal(states);
        return isBroken || (await cluster.casualties()).length > 0;
      },
    });
    await faulting;
    await scraping.marked(basename(folder), marks.last);
    await unlessAborted(invalidating.stop(), signal);
    stopSampling();
    const herdEnd = await unlessAborted(herd.stop(), signal);
    // Where another server may take over, what the first one was sent is not all; of a user's own service, any command counts.
    const isCounted = !isForeign(settings) && (faults.length === 0 || settings.store === 'single');
    const redisCommands = isCounted ? difference(await probe.commands(), commandsBefore) : null;
    return {
      herd: herdEnd,
      casualties: [...(await cluster.casualties())],
      host: { cpus: cpus().length, node: process.version, redis: probe.version },
      redisCommands,
      journals: addStates(
        states,
        new Map([...(await journalStatesOf(recorders(), SILENT)), [LAB_JOURNAL, journal.state]]),
      ),
    };
  } finally {
    stopSampling();
    await unlessAborted(invalidating.stop(), signal).catch(() => {});
    // What was broken is healed before anything is ended, unless the user waits.
    await unlessAborted(faulting, signal).catch(() => {});
    probe?.close();
    herd?.kill();
    // What a sample still says would come after the seal.
    journal.close();
  }
}

/** Completes the record of a run whose members have all ended. */
function sealed(folder: string, { herd, journals, ...recorded }: Recorded): RunEnd {
  const files = sealFiles(folder, journals);
  return {
    ...recorded,
    herd: herd.facts,
    files: herd.history ? { ...files, [HISTORY]: herd.history } : files,
  };
}

/** Starts the load: on the proxies, where there are any, else on the replicas. */
function startHerdOn(
  { proxies, replicas, files }: Cluster,
  settings: Settings,
  folder: string,
  onPhase: (phase: string) => void,
): HerdProcess {
  const targets = proxies.length > 0 ? proxies : replicas;
  const front = settings.proxy ? `${targets.length} ${settings.proxy} in front of ` : '';
  onPhase(`herd of ${settings.ratePerSecond} requests a second on ${front}${settings.replicas} replicas`);
  return forkHerd(
    { targets, ...askedOf(settings), ...paceOf(settings) },
    { log: join(files.logs, 'herd.log'), history: join(folder, HISTORY) },
  );
}

/** What the herd asks for. */
function askedOf(settings: Settings): Pick<HerdOptions, 'paths' | 'headers' | 'versionAt'> {
  if (!isForeign(settings)) return { paths: [`/keys/${settings.key}`] };
  const { path, headers, versionAt } = askingOf(settings);
  return { paths: [path(settings.key)], headers, versionAt };
}

/** Null when either count is unknown, or the server restarted its count in between. */
const difference = (after: Commands | null, before: Commands | null) =>
  after && before && after.run === before.run ? after.count - before.count : null;
