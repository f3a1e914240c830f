import { randomBytes } from 'node:crypto';
import { join, resolve } from 'node:path';
import type { ClusterSpec } from '../cluster.ts';
import { appEnvironment, drainMsFor, originEnvironment } from '../environment.ts';
import { freePort, freeRow, reservePorts } from '../ports.ts';
import { startReaper } from '../reaper.ts';
import { nearOf } from '../sentinel.ts';
import { BOARDS, ComposeCluster, IMAGES } from './compose-cluster.ts';
import { ENVIRONMENT, prepareFiles, userOfContainers } from './files.ts';
import { prepareProxies } from './proxies.ts';
import { portVariable, servicesFor } from './services.ts';

/** What ending takes beyond a drain. */
const END_WITHIN_MS = 3000;

export interface ComposeOptions {
  readonly socketPath: string;
  /** It outlives the lab. */
  readonly stay?: boolean;
  /** Prometheus and Grafana beside it. */
  readonly boards?: boolean;
}

/**
 * The cluster as containers, from compose.yaml, in a project of its own. When anything does not start, all of it is
 * removed. With `stay` it outlives the lab; otherwise nothing does.
 */
export async function startComposeCluster(
  spec: ClusterSpec,
  { socketPath, stay = false, boards = false }: ComposeOptions,
): Promise<ComposeCluster> {
  const { settings, signal } = spec;
  const folder = resolve(spec.folder);
  const services = servicesFor(settings);
  const named = [...services.groups.flat(), ...services.proxies];
  const count = settings.replicas + named.length + settings.refreshers;
  const ports = await reservePorts(count, settings.port || (await freeRow(count)));
  spec.onStart();
  const appPorts = ports.slice(0, settings.replicas);
  const servicePorts = ports.slice(settings.replicas, settings.replicas + named.length);
  const refresherPorts = ports.slice(settings.replicas + named.length);
  const names = appPorts.map((_, index) => `app-${index + 1}`);
  const project = `dogpile-${randomBytes(4).toString('hex')}`;
  const files = await prepareFiles(folder, project, {
    ...originEnvironment(settings, [...names, ...refresherPorts.map((_, index) => `refresher-${index + 1}`)]),
    ...appEnvironment(settings),
    ...services.environment,
  });
  const proxies = await prepareProxies(settings, services.proxies, {
    folder,
    images: IMAGES,
    names,
    hostOf: (name) => `${project}-${name}`,
  });
  const reaper = stay ? undefined : startReaper();
  const cluster = new ComposeCluster({
    spec,
    socketPath,
    reaper,
    files,
    project,
    services,
    near: services.redis.length > 1 ? nearOf(names) : [],
    environment: {
      ...userOfContainers(),
      COMPOSE_PROFILES: boards ? 'observability' : '',
      LAB_ENV: join(folder, ENVIRONMENT),
      LAB_DATA: folder,
      HEALTH_INTERVAL: '30s',
      STOP_GRACE: `${END_WITHIN_MS + drainMsFor(settings)}ms`,
      REPLICAS: `${settings.replicas}`,
      APP_PORTS: rangeOf(appPorts),
      REFRESHERS: `${settings.refreshers}`,
      REFRESHER_PORTS: rangeOf(refresherPorts),
      ...Object.fromEntries(named.map((service, index) => [portVariable(service), `${servicePorts[index]}`])),
      ...services.variables,
      ...proxies,
      ...(boards && { PROMETHEUS_PORT: `${await freePort(9090)}`, GRAFANA_PORT: `${await freePort(3000)}` }),
    },
  });
  try {
    await cluster.up(boards ? BOARDS : [], signal);
  } catch (error) {
    // What stays for want of an engine is the reaper's, and what kept the cluster from starting is the news.
    await cluster.down().catch(() => {});
    throw error;
  }
  return cluster;
}

/** A row of ports as compose.yaml takes it. */
const rangeOf = (ports: readonly number[]): string => [...new Set([ports[0], ports.at(-1)])].join('-');
