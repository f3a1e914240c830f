import { rm, symlink, writeFile } from 'node:fs/promises';
import { cpus } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { forkHerd, type HerdProcess } from '../load/herd-process.ts';
import { type Cycle, commitsIn, cyclesOf, judgedCycles, recomputesIn } from './checks/cycles.ts';
import { type Evidence, evidenceFrom, WARM_SLACK_MS } from './checks/evidence.ts';
import type { Cluster } from './cluster/cluster.ts';
import { patienceMsFor } from './cluster/environment.ts';
import { startCluster } from './cluster/start.ts';
import { faultNamed } from './faults/index.ts';
import { runFault } from './faults/run-fault.ts';
import type { FaultEvent } from './faults/timeline.ts';
import { Journals } from './journals.ts';
import { Marks } from './marks.ts';
import { HISTORY, readRecording, writeFacts } from './recording.ts';
import { type Commands, probeRedis, type RedisProbe } from './redis-probe.ts';
import { type RunRecord, recordOf } from './report/record.ts';
import type { Settings } from './settings.ts';

const POLL_MS = 200;
/** So many connections are the injector's most: what finds none free is unsent, and the run unknown. */
const MOST_CONNECTIONS = 20_000;

export interface Progress {
  readonly judged: readonly Cycle[];
  readonly scheduled: number;
  readonly elapsedMs: number;
}

export interface Experiment {
  readonly settings: Settings;
  /** Where the run's folder goes. */
  readonly results: string;
  readonly signal: AbortSignal;
  readonly onPhase?: (phase: string) => void;
  readonly onProgress?: (progress: Progress) => void;
}

/** A finished run: what is on disk as result.json, and what it was judged from. */
export interface Run {
  readonly record: RunRecord;
  readonly evidence: Evidence;
}

/**
 * One run, from an empty cluster to its record on disk: starts the cluster, drives the herd over the expiries asked
 * for, ends both whatever happens, and judges what was recorded.
 */
export async function runExperiment({ settings, results, signal, ...on }: Experiment): Promise<Run> {
  const fault = faultNamed(settings.fault);
  const run = [timestamp(new Date()), settings.strategy, settings.ablate, settings.proxy, fault?.name]
    .filter((part) => part != null)
    .join('-');
  const folder = resolve(results, run);

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
      faulting = runFault({ fault, cluster, settings, journals, route, marks, signal, onPhase });
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
    const finished = await judgeRun(folder);
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

/** Judges what lies in a run's folder, and writes the record there. */
export async function judgeRun(folder: string): Promise<Run> {
  const evidence = evidenceFrom(await readRecording(folder));
  const record = recordOf(evidence);
  await writeFile(join(folder, 'result.json'), `${JSON.stringify(record, null, 2)}\n`);
  return { record, evidence };
}

const WARM_UP = { key: 'warm-up', rounds: 60 };
/** An idle connection of the lab's own would hold up a replica's drain. */
const NOT_KEPT = { headers: { connection: 'close' } };

/** A process's first requests run uncompiled code; a herd on cold replicas would measure that. Another key than the herd's. */
export async function warmUp({ replicas }: Cluster): Promise<void> {
  for (let round = 0; round < WARM_UP.rounds; round++) {
    const answers = replicas.map(({ url }) => fetch(`${url}/keys/${WARM_UP.key}`, NOT_KEPT));
    await Promise.all(answers.map(async (answer) => (await answer).text()));
  }
}

const timeoutSecondsFor = (settings: Settings): number => Math.ceil(patienceMsFor(settings) / 1000);

/** The longest anybody should wait, and a second more: so much of the load may be under way at once. */
function poolSecondsFor(settings: Settings): number {
  const faultMs = faultNamed(settings.fault)?.tolerance(settings).extraWaitMs ?? 0;
  return Math.min(
    timeoutSecondsFor(settings),
    1 + Math.ceil((settings.leaseMs + 2 * settings.recomputeMs + faultMs) / 1000),
    Math.max(1, Math.floor(MOST_CONNECTIONS / settings.ratePerSecond)),
  );
}

interface Watch {
  readonly settings: Settings;
  readonly journals: Journals;
  readonly herd: HerdProcess;
  readonly signal: AbortSignal;
  readonly onProgress: Experiment['onProgress'];
  /** Aborted once nothing is broken any more. */
  readonly faultIsOver: AbortSignal;
}

/** How long a load must last, warm, to be told from one that does not keep its pace. */
const TOLD_BY_MS = 500;
/** After a fault, expiries in peace: what it left behind would show in them. */
const EXPIRIES_AFTER_FAULT = 2;

/** Waits until the expiries asked for are over, and the fault too, or until they clearly will not come. */
async function untilJudged({
  settings,
  journals,
  herd,
  signal,
  onProgress,
  faultIsOver,
}: Watch): Promise<void> {
  const startedAt = performance.now();
  const cycleMs = settings.ttlMs + settings.recomputeMs;
  const warmAt = startedAt + 1000 * poolSecondsFor(settings) + WARM_SLACK_MS + TOLD_BY_MS;
  let giveUpAt = startedAt + 10_000 + (settings.expiries + 2) * cycleMs * 2;
  // What follows the last fill belongs to it too: the waiters' answers, and recomputes begun before it.
  const settleMs = 500 + 2 * settings.recomputeMs;
  let wanted = settings.expiries;
  let over = faultIsOver.aborted;
  for (;;) {
    await sleep(POLL_MS, undefined, { signal });
    journals.refresh();
    const cycles = cyclesOf(
      recomputesIn(journals.ledger, settings.key),
      commitsIn(journals.events, settings.key),
    );
    const judged = judgedCycles(cycles, Number.POSITIVE_INFINITY);
    onProgress?.({ judged, scheduled: herd.scheduled, elapsedMs: performance.now() - startedAt });
    if (!over && faultIsOver.aborted) {
      over = true;
      wanted = Math.max(wanted, judged.length + EXPIRIES_AFTER_FAULT);
      giveUpAt = Math.max(giveUpAt, performance.now() + 5000 + 2 * EXPIRIES_AFTER_FAULT * cycleMs);
    }
    if (performance.now() < warmAt) continue;
    if (over && (judged.length >= wanted || performance.now() > giveUpAt)) break;
  }
  await sleep(settleMs, undefined, { signal });
}

/** Null when either count is unknown, or the server began to count anew in between. */
const difference = (after: Commands | null, before: Commands | null) =>
  after && before && after.run === before.run ? after.count - before.count : null;

export const timestamp = (date: Date) =>
  date.toISOString().slice(0, 19).replaceAll('-', '').replaceAll(':', '').replace('T', '-');

async function linkLatest(folder: string): Promise<void> {
  const latest = join(dirname(folder), 'latest');
  await rm(latest, { force: true });
  await symlink(folder.slice(dirname(folder).length + 1), latest);
}
