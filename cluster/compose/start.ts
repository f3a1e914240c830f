import { randomBytes } from 'node:crypto';
import { join, resolve } from 'node:path';
import type { Settings } from '../../record/settings.ts';
import type { ClusterSpec } from '../cluster.ts';
import { freePort, freeRow, reservePorts } from '../ports.ts';
import { startReaper } from '../reaper.ts';
import { leaseGround } from '../servers/lease-ground.ts';
import { type Topology, topology } from '../topology.ts';
import { BOARDS, ComposeCluster, IMAGES } from './compose-cluster.ts';
import { ENVIRONMENT, prepareFiles, userOfContainers } from './files.ts';
import { prepareProxies } from './proxies.ts';
import { portVariables, sharedEnvironment } from './services.ts';

/** How much longer than a drain a stop may take. */
const STOP_BEYOND_DRAIN_MS = 3000;

export interface ComposeOptions {
  readonly socketPath: string;
  /** Whether the cluster outlives the lab. */
  readonly stay?: boolean;
  /** Whether Prometheus and Grafana run too. */
  readonly boards?: boolean;
}

/**
 * Starts the cluster as containers, from compose.yaml, in a project of its own. If a container does not start, all are
 * removed. Only with `stay` do they outlive the lab.
 */
export async function startComposeCluster(
  spec: ClusterSpec,
  { socketPath, stay = false, boards = false }: ComposeOptions,
): Promise<ComposeCluster> {
  const { settings, signal } = spec;
  const folder = resolve(spec.folder);
  const whole = topology(settings, leaseGround(settings));
  const { members } = whole;
  const ports = await reservePorts(members.length, settings.port || (await freeRow(members.length)));
  spec.onStart();
  const project = `dogpile-${randomBytes(4).toString('hex')}`;
  const files = await prepareFiles(folder, project, sharedEnvironment(members));
  const proxies = await prepareProxies(
    members.filter(({ role }) => role === 'proxy'),
    { folder, images: IMAGES, at: (name) => `${project}-${name}:${portIn(whole, name)}` },
  );
  const cluster = new ComposeCluster({
    spec,
    socketPath,
    reaper: stay ? undefined : startReaper(),
    files,
    project,
    topology: whole,
    environment: {
      ...composeVariablesOf(whole, settings, folder),
      ...portVariables(members, ports),
      ...proxies,
      COMPOSE_PROFILES: boards ? 'observability' : '',
      ...(boards && { PROMETHEUS_PORT: `${await freePort(9090)}`, GRAFANA_PORT: `${await freePort(3000)}` }),
    },
  });
  try {
    await cluster.up(boards ? BOARDS : [], signal);
  } catch (error) {
    // Report why the cluster did not start. If the engine is gone, the reaper (if there is one) removes the rest later.
    await cluster.down().catch(() => {});
    throw error;
  }
  return cluster;
}

/** Gives compose.yaml's variables beside the ports. */
function composeVariablesOf(
  { members }: Topology,
  settings: Settings,
  folder: string,
): Record<string, string> {
  const drainMs = Math.max(...members.map((member) => member.drainMs));
  return {
    ...userOfContainers(),
    LAB_ENV: join(folder, ENVIRONMENT),
    LAB_DATA: folder,
    HEALTH_INTERVAL: '30s',
    STOP_GRACE: `${STOP_BEYOND_DRAIN_MS + drainMs}ms`,
    REPLICAS: `${settings.replicas}`,
    REFRESHERS: `${settings.refreshers}`,
    MIN_REPLICAS: `${settings.minReplicas}`,
  };
}

const portIn = ({ members }: Topology, name: string) => members.find((member) => member.name === name)?.port;
