import { randomBytes } from 'node:crypto';
import { basename } from 'node:path';
import type { Settings } from '../record/settings.ts';
import type { RuntimeChoice } from './choose-runtime.ts';
import type { ClusterSpec } from './cluster.ts';
import type { ComposeCluster } from './compose/compose-cluster.ts';
import { startComposeCluster } from './compose/start.ts';
import type { LocalCluster } from './local/local-cluster.ts';
import { startLocalCluster } from './local/start.ts';
import { STANDING_RUN, sweepTargets } from './targets/targets.ts';

export interface StartSpec extends Omit<ClusterSpec, 'onStart' | 'token'> {
  readonly choice: RuntimeChoice;
  /** The run's. Default: a new one; the cluster tells it. */
  readonly token?: string;
  /** It outlives the lab. */
  readonly stay?: boolean;
  /** Prometheus and Grafana beside it, where it runs as containers. */
  readonly boards?: boolean;
}

/**
 * Starts the cluster on the runtime that was chosen, and says first which and why.
 * Publishes the members for Prometheus, under the name of the run's folder. Throws {@link UsageError} where the machine lacks
 * something, before anything is started.
 */
export async function startCluster(spec: StartSpec): Promise<LocalCluster | ComposeCluster> {
  const { choice, token = newToken() } = spec;
  const onStart = () => {
    for (const line of announcement(spec.settings, choice)) spec.onPhase?.(line);
  };
  const cluster = await (choice.socketPath
    ? startComposeCluster({ ...spec, token, onStart }, { ...spec, socketPath: choice.socketPath })
    : startLocalCluster({ ...spec, token, onStart }, spec));
  try {
    sweepTargets();
    cluster.publish(spec.stay ? STANDING_RUN : basename(spec.folder));
  } catch (error) {
    await cluster.down();
    throw error;
  }
  return cluster;
}

/** Makes a run's token. It is no secret: it only tells this run's members from those of others. */
const newToken = (): string => randomBytes(12).toString('hex');

/** The runtime, and what is started on it. */
function announcement(
  { replicas, refreshers, proxy, proxies, relay }: Settings,
  { runtime, why }: RuntimeChoice,
): string[] {
  const fleet = `${replicas} ${replicas === 1 ? 'replica' : 'replicas'}`;
  const form = runtime === 'compose' ? 'containers' : 'processes';
  const aside = refreshers > 0 ? `, ${refreshers} ${refreshers === 1 ? 'refresher' : 'refreshers'}` : '';
  const front = proxy ? `, ${proxies} ${proxy}` : '';
  const between = relay ? ', a relay' : '';
  return [
    `runtime ${runtime}: ${why}`,
    `starting ${fleet}${aside}${front}${between}, origin and Redis as ${form}`,
  ];
}
