import { randomBytes } from 'node:crypto';
import { chown, mkdir, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { EVENTS_OF_REPLICAS, LEDGER } from '../recording.ts';
import { UsageError } from '../usage-error.ts';
import type { Cluster, ClusterFiles, ClusterSpec, Member, RedisServer, Replica } from './cluster.ts';
import { DockerFailed, docker } from './docker.ts';
import { tellEngine, type Verb } from './engine.ts';
import { appEnvironment, drainMsFor, originEnvironment } from './environment.ts';
import { HOST } from './local-members.ts';
import { freePort, freeRow, reservePorts } from './ports.ts';
import { type Container, containersOf, removeProject } from './project.ts';
import { type Reaper, startReaper } from './reaper.ts';
import { serves } from './serves.ts';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const FILES = [
  '--project-directory',
  ROOT,
  '--file',
  join(ROOT, 'compose.yaml'),
  '--env-file',
  join(ROOT, '.env'),
];
const STOOD_ON = ['redis', 'origin'];
const BOARDS = ['prometheus', 'grafana'];
/** The project that the image belongs to, as in compose.yaml. */
const IMAGES = 'dogpile';
const UP = ['up', '--detach', '--no-build', '--no-deps'];
/** What ending takes beyond a drain. */
const END_WITHIN_MS = 3000;
const READY_WITHIN_MS = 60_000;
/** Who the services are inside a container where the lab is root: the image's user node. */
const UNPRIVILEGED = 1000;

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
  const count = settings.replicas + 2;
  const ports = await reservePorts(count, settings.port || (await freeRow(count)));
  spec.onStart();
  const [originPort = 0, ...others] = ports;
  const appPorts = others.slice(0, settings.replicas);
  const redisPort = others.at(-1);
  const names = appPorts.map((_, index) => `app-${index + 1}`);
  const project = `dogpile-${randomBytes(4).toString('hex')}`;
  const files = await prepareFiles(folder, project, {
    ...originEnvironment(settings, names),
    ...appEnvironment(settings),
    REDIS: 'redis://redis:6379',
    ORIGIN: 'http://origin:9000',
  });
  const reaper = stay ? undefined : startReaper();
  const cluster = new ComposeCluster({
    spec,
    socketPath,
    reaper,
    files,
    project,
    environment: {
      ...userOfContainers(),
      COMPOSE_PROFILES: boards ? 'observability' : '',
      LAB_ENV: join(folder, ENVIRONMENT),
      LAB_DATA: folder,
      HEALTH_INTERVAL: '30s',
      STOP_GRACE: `${END_WITHIN_MS + drainMsFor(settings)}ms`,
      REPLICAS: `${settings.replicas}`,
      APP_PORTS: [...new Set([appPorts[0], appPorts.at(-1)])].join('-'),
      ORIGIN_PORT: `${originPort}`,
      REDIS_PORT: `${redisPort}`,
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

const ENVIRONMENT = 'cluster.env';

/** Everything in the run's folder that the containers read or write, theirs to write. */
async function prepareFiles(
  folder: string,
  project: string,
  environment: Record<string, string>,
): Promise<ClusterFiles> {
  const files = {
    ledger: join(folder, LEDGER),
    events: join(folder, EVENTS_OF_REPLICAS),
    logs: join(folder, 'logs'),
  };
  for (const path of [files.events, files.logs]) await mkdir(path, { recursive: true });
  const lines = Object.entries(environment).map(([name, value]) => `${name}=${value}\n`);
  await writeFile(join(folder, ENVIRONMENT), `# docker compose --project-name ${project}\n${lines.join('')}`);
  if (process.getuid?.() === 0)
    for (const path of [folder, files.events]) await chown(path, UNPRIVILEGED, UNPRIVILEGED);
  return files;
}

/** The services write as whoever runs the lab, but never as root. */
function userOfContainers(): Record<string, string> {
  const [uid, gid] = [process.getuid?.(), process.getgid?.()];
  return { LAB_USER: uid ? `${uid}:${gid}` : `${UNPRIVILEGED}:${UNPRIVILEGED}` };
}

interface ComposeParts {
  readonly spec: ClusterSpec;
  readonly socketPath: string;
  readonly reaper: Reaper | undefined;
  readonly files: ClusterFiles;
  readonly project: string;
  readonly environment: Readonly<Record<string, string>>;
}

export class ComposeCluster implements Cluster {
  readonly runtime = 'compose';
  readonly near = [];
  readonly lockServers = [];
  readonly files: ClusterFiles;
  readonly project: string;
  readonly #parts: ComposeParts;
  #containers: readonly Container[] = [];
  #isDown = false;
  /** Those that were told to end. */
  readonly #ended = new Set<Member>();

  constructor(parts: ComposeParts) {
    this.#parts = parts;
    this.files = parts.files;
    this.project = parts.project;
  }

  /**
   * Builds and gets what is missing, starts the services, and waits until the cluster serves. It looks for itself: the
   * engine's probes are seldom here, and Compose would wait for them.
   */
  async up(more: readonly string[], signal: AbortSignal): Promise<void> {
    const first = [...STOOD_ON, ...more];
    this.#parts.reaper?.adopt(this.project);
    try {
      // Not under the run's own project: an image is labelled with it, and would be another one each time.
      await this.#compose(['--project-name', IMAGES, 'build', '--quiet', 'app'], signal);
      await this.#compose(['pull', '--quiet', '--policy', 'missing', '--ignore-buildable', ...first], signal);
    } catch (error) {
      if (!(error instanceof DockerFailed)) throw error;
      throw new UsageError(
        `the images cannot be had: ${error.message}. Allowed without Docker: local. Type: ${more.length > 0 ? 'make up BOARDS=off, or make up RUNTIME=local' : 'make herd RUNTIME=local'}`,
      );
    }
    for (const [services, members] of [
      [first, () => STOOD_ON],
      [['app'], () => this.#replicaNames],
    ] as const) {
      await this.#compose([...UP, ...services], signal);
      await this.#look();
      await Promise.all(members().map((member) => this.#untilServing(member, signal)));
    }
  }

  get replicas(): readonly Replica[] {
    return this.#replicaNames.map((name) => ({ name, url: this.urlOf(name) }));
  }

  get redis(): RedisServer {
    return { name: 'redis', url: this.urlOf('redis') };
  }

  get redisServers() {
    return [this.redis];
  }

  get origin() {
    return { url: this.urlOf('origin') };
  }

  /** Where Prometheus and Grafana are, if they are there. */
  get boards(): { readonly prometheus?: { url: string }; readonly grafana?: { url: string } } {
    const found = this.#containers.filter(({ name }) => ['prometheus', 'grafana'].includes(name));
    return Object.fromEntries(found.map(({ name }) => [name, { url: this.urlOf(name) }]));
  }

  async casualties() {
    await this.#look();
    return this.#containers
      .filter(({ name, state }) => ['exited', 'dead'].includes(state) && !this.#ended.has(name))
      .map(({ name }) => name);
  }

  async kill(member: Member) {
    this.#ended.add(member);
    await this.#tell('kill', member);
  }

  /** Freezes all of the container by its cgroup. */
  async pause(member: Member) {
    await this.#tell('pause', member);
  }

  async resume(member: Member) {
    await this.#tell('unpause', member);
  }

  async stop(member: Member) {
    await this.resume(member);
    this.#ended.add(member);
    await this.#tell('stop', member);
  }

  async restart(member: Member) {
    await this.#tell('start', member);
    this.#ended.delete(member);
    await this.#look();
    await this.#untilServing(member, this.#parts.spec.signal);
  }

  async cut() {
    throw new Error('the network of containers is not cut: settings that need it run as processes');
  }

  async mend() {}

  async add() {
    const { signal } = this.#parts.spec;
    const port = await freeRow(1);
    const scale = `app=${this.#replicaNames.length + 1}`;
    await this.#compose([...UP, '--no-recreate', '--scale', scale, 'app'], signal, { APP_PORTS: `${port}` });
    await this.#look();
    const added = this.replicas.at(-1) as Replica;
    await this.#untilServing(added.name, signal);
    return added;
  }

  async down() {
    if (this.#isDown) return;
    await this.#look();
    await Promise.all(this.#containers.map((container) => this.#keepLog(container)));
    await removeProject(this.project);
    this.#isDown = true;
    this.#parts.reaper?.dismiss();
  }

  /** Where a member is reached. Throws when it has no port now. */
  urlOf(member: Member): string {
    const { port } = this.#named(member);
    if (port === undefined) throw new Error(`${member} has no published port`);
    return `${member === 'redis' ? 'redis' : 'http'}://${HOST}:${port}`;
  }

  get #replicaNames(): readonly string[] {
    return this.#containers.flatMap(({ name }) => (name.startsWith('app-') ? [name] : []));
  }

  #named(name: string): Container {
    const found = this.#containers.find((container) => container.name === name);
    if (!found) throw new Error(`no member ${name}: ${this.#containers.map((one) => one.name).join(', ')}`);
    return found;
  }

  /** Published ports may be others after every start. One that is down keeps the last. */
  async #look(): Promise<void> {
    const before = new Map(this.#containers.map((container) => [container.id, container]));
    const now = await containersOf(this.project);
    this.#containers = now.map((one) => ({ ...one, port: one.port ?? before.get(one.id)?.port }));
  }

  #compose(args: readonly string[], signal: AbortSignal, more: Record<string, string> = {}): Promise<string> {
    const { environment, reaper } = this.#parts;
    return docker(['compose', '--project-name', this.project, ...FILES, '--progress', 'quiet', ...args], {
      env: { ...environment, ...more },
      signal,
      guard: reaper,
    });
  }

  #tell(verb: Verb, member: Member): Promise<void> {
    return tellEngine(this.#parts.socketPath, verb, this.#named(member).id);
  }

  async #untilServing(member: Member, signal: AbortSignal): Promise<void> {
    const giveUpAt = performance.now() + READY_WITHIN_MS;
    while (!(await serves(this.urlOf(member)).catch(() => false))) {
      signal.throwIfAborted();
      if (performance.now() > giveUpAt)
        throw new Error(
          `${member} was not ready within ${READY_WITHIN_MS} ms; its log: ${this.files.logs}/${member}.log`,
        );
      await sleep(25);
    }
  }

  async #keepLog({ name, id }: Container): Promise<void> {
    await writeFile(join(this.files.logs, `${name}.log`), await docker(['logs', id]));
  }
}
