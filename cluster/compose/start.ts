import { randomBytes } from 'node:crypto';
import { join, resolve } from 'node:path';
import { DATA } from '../../record/files/run-folder.ts';
import type { Settings } from '../../record/settings.ts';
import type { ClusterSpec } from '../cluster.ts';
import { writeOwnServices } from '../own/image.ts';
import { type Reservation, reservePorts, reservePreferred, reserveRow, together } from '../ports.ts';
import { startReaper } from '../reaper.ts';
import { leaseGround } from '../servers/lease-ground.ts';
import { STANDING } from '../standing/description-path.ts';
import { type Topology, topology } from '../topology.ts';
import { BOARDS, ComposeCluster, type ComposeParts, IMAGES } from './compose-cluster.ts';
import { ENVIRONMENT, prepareFiles, userOfContainers } from './files.ts';
import { ownerVariables, sweep } from './ownership.ts';
import { prepareProxies } from './proxies.ts';
import { portVariables, sharedEnvironment } from './services.ts';

/** How much longer than a drain a stop may take. */
const STOP_BEYOND_DRAIN_MS = 3000;

export interface ComposeOptions {
  readonly socketPath: string;
  /** Whether the cluster will outlive the lab. */
  readonly stay?: boolean;
  /** Whether Prometheus and Grafana run too. */
  readonly boards?: boolean;
}

/**
 * Starts the cluster as containers, from compose.yaml, in a project of its own. If a container does not start, all are
 * removed. They end with the lab, unless the lab calls `letLive`; with `stay` they are prepared for that.
 */
export async function startComposeCluster(
  spec: ClusterSpec,
  { socketPath, stay = false, boards = false }: ComposeOptions,
): Promise<ComposeCluster> {
  const { settings, token } = spec;
  const whole = topology(settings, leaseGround(settings), token);
  const ports = await reserve(whole.members.length, settings.port, boards);
  const parts = await prepare(spec, whole, ports.ports, { stay, boards }).catch((error) => {
    ports.release();
    throw error;
  });
  const reaper = startReaper();
  const cluster = new ComposeCluster({ ...parts, spec, socketPath, reaper, topology: whole, token, ports });
  try {
    await cluster.up(boards ? BOARDS : [], spec.signal);
  } catch (error) {
    // Report why the cluster did not start. If the engine is gone, the reaper removes the rest later.
    await cluster.down().catch(() => {});
    throw error;
  }
  return cluster;
}

/** Reserves the members' ports in a row, and then those of Prometheus and Grafana if they run too. */
async function reserve(count: number, first: number, boards: boolean): Promise<Reservation> {
  const members = await (first === 0 ? reserveRow(count) : reservePorts(count, first));
  return boards ? together([members, await reservePreferred(9090), await reservePreferred(3000)]) : members;
}

/** Prepares all that the containers read: files, and the variables of compose.yaml. */
async function prepare(
  spec: ClusterSpec,
  whole: Topology,
  ports: readonly number[],
  { stay, boards }: { readonly stay: boolean; readonly boards: boolean },
): Promise<Pick<ComposeParts, 'files' | 'composeFiles' | 'project' | 'environment'>> {
  const { settings, token } = spec;
  const folder = resolve(spec.folder);
  const { members } = whole;
  spec.onStart();
  await sweepFirst(spec);
  const project = `dogpile-${randomBytes(4).toString('hex')}`;
  const files = await prepareFiles(folder, project, sharedEnvironment(members));
  const composeFiles =
    settings.image === null ? [] : [await writeOwnServices(whole, settings, { folder, token })];
  const proxies = await prepareProxies(
    members.filter(({ role }) => role === 'proxy'),
    { folder: join(folder, DATA), images: IMAGES, at: (name) => `${project}-${name}:${portIn(whole, name)}` },
  );
  const [prometheus, grafana] = ports.slice(members.length);
  return {
    files,
    composeFiles,
    project,
    environment: {
      ...composeVariablesOf(whole, settings, folder),
      ...ownerVariables(stay ? resolve(STANDING) : undefined),
      ...portVariables(members, ports.slice(0, members.length)),
      ...proxies,
      COMPOSE_PROFILES: boards ? 'observability' : '',
      ...(boards && { PROMETHEUS_PORT: `${prometheus}`, GRAFANA_PORT: `${grafana}` }),
    },
  };
}

/** What killed labs left behind takes memory and names. That it stays is no reason not to start. */
async function sweepFirst({ signal, onPhase }: ClusterSpec): Promise<void> {
  try {
    const swept = await sweep(signal);
    if (swept.length > 0) onPhase?.(`removed what killed labs left behind: ${swept.join(', ')}`);
  } catch (error) {
    signal.throwIfAborted();
    onPhase?.(`what killed labs left behind could not be removed: ${(error as Error).message}`);
  }
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
    LAB_DATA: join(folder, DATA),
    HEALTH_INTERVAL: '30s',
    STOP_GRACE: `${STOP_BEYOND_DRAIN_MS + drainMs}ms`,
    REPLICAS: `${settings.replicas}`,
    REFRESHERS: `${settings.refreshers}`,
    MIN_REPLICAS: `${settings.minReplicas}`,
  };
}

const portIn = ({ members }: Topology, name: string) => members.find((member) => member.name === name)?.port;
