import { rm } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { chooseRuntime } from '../../../cluster/choose-runtime.ts';
import { findEngine } from '../../../cluster/compose/engine.ts';
import { describeContainers } from '../../../cluster/compose/standing.ts';
import { describeProcesses } from '../../../cluster/local/standing.ts';
import {
  controlsOf,
  endMembers,
  forgetStanding,
  loadStanding,
  type Standing,
  saveStanding,
} from '../../../cluster/standing/standing.ts';
import { lockUp } from '../../../cluster/standing/up-lock.ts';
import { startCluster } from '../../../cluster/start.ts';
import type { Scene } from '../../../faults/support/strike.ts';
import { forkHerd, type HerdProcess } from '../../../load/herd-process.ts';
import { type Prometheus, startPrometheus } from '../../../prometheus/server.ts';
import type { Settings } from '../../../record/settings.ts';
import { UsageError } from '../../../services/shared/usage-error.ts';
import { patienceMsFor } from '../../../strategies/contract/index.ts';
import { ensurePrometheus, ensureServersFor } from '../../install/ensure-servers.ts';
import { Journals } from '../../run/recording/journals.ts';
import { sceneOf } from '../../run/run-fault.ts';
import { timestamp } from '../../run/timestamp.ts';
import type { Say } from './steps.ts';

/** So much of the load may be under way at once, in seconds of arrivals. What goes beyond is not sent. */
const POOL_SECONDS = 2;

type RunningCluster = Awaited<ReturnType<typeof startCluster>>;

/** A cluster that is described as a standing one, and the Prometheus that scrapes it. */
export interface Stage {
  readonly cluster: RunningCluster;
  readonly prometheus: Prometheus;
  /** The members that Prometheus scrapes. */
  readonly targets: number;
  /** Writes down where the members are now. One that was started again is another process. */
  describe(): Promise<void>;
  /** Starts the load on all replicas. */
  startHerd(keys: number): Scene;
  /** Ends everything, also what was started by hand since. `isOver` tells whether the logs are of no more use. */
  end(isOver: boolean): Promise<void>;
}

export interface StageSpec {
  readonly settings: Settings;
  readonly signal: AbortSignal;
  readonly onHerd: (herd: HerdProcess) => void;
  readonly say: Say;
}

/**
 * Starts a cluster and a Prometheus with the lab's rules. The cluster is described in `.lab/cluster.json`, so that the commands
 * of the runbook, `make heal` and `make status` act on it; but it ends with the lab. Throws {@link UsageError} if a
 * standing cluster is there already.
 */
export async function setStage({ settings, signal, onHerd, say }: StageSpec): Promise<Stage> {
  const release = await claimStanding();
  const folder = resolve(`.lab/${timestamp(new Date())}-rehearsal`);
  const ending: (() => void | Promise<void>)[] = [];
  const end = async (isOver: boolean) => {
    const described = loadStanding();
    // First, so that nobody is led to it if the lab is killed now.
    await forgetStanding();
    const revived = () => endRevived(described, signal);
    const ended = await Promise.allSettled([...ending, revived].map(async (step) => step()));
    release();
    if (isOver) await rm(folder, { recursive: true, force: true });
    for (const one of ended) if (one.status === 'rejected') throw one.reason;
  };
  try {
    const choice = await chooseRuntime(settings, () => findEngine(signal));
    await ensureServersFor(settings, choice, signal);
    await ensurePrometheus(signal);
    const cluster = await startCluster({ settings, choice, folder, signal, onPhase: say });
    ending.push(() => cluster.down());
    const describe = async () =>
      void (await saveStanding(
        cluster.runtime === 'compose'
          ? describeContainers(cluster, settings)
          : describeProcesses(cluster, settings),
      ));
    await describe();
    const members = [...cluster.replicas, ...cluster.refreshers].map(addressOf);
    const targets = { app: members, origin: [addressOf(cluster.origin)] };
    const prometheus = await startPrometheus(join(folder, 'prometheus'), targets, signal);
    ending.push(() => prometheus.stop());
    const startHerd = (keys: number): Scene => {
      const herd = forkHerd(herdOptions(cluster, settings, keys), {
        log: join(cluster.files.logs, 'herd.log'),
      });
      ending.push(() => herd.kill());
      onHerd(herd);
      const { route, hangUp } = herd;
      const journals = new Journals(cluster.files);
      return sceneOf({ cluster, settings, journals, route, hangUp }, signal, () => {});
    };
    return { cluster, prometheus, targets: members.length + 1, describe, startHerd, end };
  } catch (error) {
    await end(signal.aborted || error instanceof UsageError);
    throw error;
  }
}

/** Makes this the only process that has a standing cluster here, until the function that it gives is called. */
async function claimStanding(): Promise<() => void> {
  const lock = await lockUp();
  if (typeof lock === 'object')
    throw new UsageError(
      `another make up or make rehearse has a cluster here (pid ${lock.heldBy}). Allowed: one at a time. Type: make status`,
    );
  try {
    const before = loadStanding();
    if (before && (await controlsOf(before).alive()).size > 0)
      throw new UsageError(
        'a cluster is up already, and a rehearsal breaks its own. Allowed: one at a time. Type: make down',
      );
    return lock;
  } catch (error) {
    lock();
    throw error;
  }
}

/** Ends what `make heal` has started in the place of members that were killed. */
async function endRevived(described: Standing | undefined, signal: AbortSignal): Promise<void> {
  if (described) await endMembers(described, signal);
}

const addressOf = ({ url }: { readonly url: string }): string => new URL(url).host;

const herdOptions = ({ replicas }: RunningCluster, settings: Settings, keys: number) => ({
  targets: replicas,
  paths: Array.from({ length: keys }, (_, index) => `/keys/${settings.key}${index > 0 ? `-${index}` : ''}`),
  ratePerSecond: settings.ratePerSecond,
  timeoutSeconds: Math.ceil(patienceMsFor(settings) / 1000),
  poolSeconds: POOL_SECONDS,
});
