import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { MemberFailed, UnknownName } from '../../services/shared/lab-errors.ts';
import { NotInTime, until } from '../../services/shared/until.ts';
import { UsageError } from '../../services/shared/usage-error.ts';
import type { Cluster, ClusterFiles, ClusterSpec, Replica } from '../cluster.ts';
import { ensureImage, ownPortVariable } from '../own/image.ts';
import { startFailure } from '../own/start-failure.ts';
import { PlacedCluster } from '../placed-cluster.ts';
import { LOOPBACK, type Reservation, reserveRow } from '../ports.ts';
import type { Reaper } from '../reaper.ts';
import { leaseGround } from '../servers/lease-ground.ts';
import { isReady } from '../serves.ts';
import { type Member, nextReplica, type OwnService, resolve, type Topology } from '../topology.ts';
import { DockerFailed, docker } from './docker.ts';
import { joinNetwork, leaveNetwork, type Membership, tellContainer, type Verb } from './engine-api.ts';
import { type Container, containersOf, removeProject } from './project.ts';
import { serviceOf, servicesOf } from './services.ts';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
/** Pins every image. */
export const IMAGES = join(ROOT, '.env');
const FILES = ['--project-directory', ROOT, '--file', join(ROOT, 'compose.yaml'), '--env-file', IMAGES];
export const BOARDS = ['prometheus', 'grafana'];
/** The project that the image belongs to, as in compose.yaml. */
const BUILT_UNDER = 'dogpile';
const UP = ['up', '--detach', '--no-build', '--no-deps'];
const CONTAINER_READY_WITHIN_MS = 60_000;

/** What a cluster is made of before it is started. */
export interface ComposeParts {
  readonly spec: ClusterSpec;
  readonly socketPath: string;
  readonly reaper: Reaper;
  readonly files: ClusterFiles;
  /** What Compose reads beside compose.yaml. */
  readonly composeFiles: readonly string[];
  readonly project: string;
  readonly topology: Topology;
  readonly token: string;
  readonly ports: Reservation;
  readonly environment: Readonly<Record<string, string>>;
}

export class ComposeCluster extends PlacedCluster implements Cluster {
  readonly runtime = 'compose';
  readonly files: ClusterFiles;
  readonly project: string;
  readonly #parts: ComposeParts;
  #containers: readonly Container[] = [];
  #isDown = false;
  /** Those that were told to end. */
  readonly #ended = new Set<string>();

  constructor(parts: ComposeParts) {
    super(parts.topology, parts.token, parts.ports);
    this.#parts = parts;
    this.files = parts.files;
    this.project = parts.project;
  }

  /**
   * Builds and gets what is missing, starts the services, and waits until the cluster serves. It looks for itself: the
   * engine's probes are seldom here, and Compose would wait for them.
   */
  async up(boards: readonly string[], signal: AbortSignal): Promise<void> {
    const groups = this.groups.map((members) => ({ members, services: servicesOf(members) }));
    const all = [...groups.flatMap(({ services }) => services), ...boards];
    const { image } = this.#parts.spec.settings;
    const owned = this.groups.flat().flatMap(({ name, own }) => (own ? [name] : []));
    const pulled = all.filter((service) => !owned.includes(service));
    this.#parts.reaper.adopt(this.project);
    try {
      // Not under the run's own project: an image is labelled with it, and would be another one each time.
      await this.#compose(['--project-name', BUILT_UNDER, 'build', '--quiet', 'app'], signal);
      if (image !== null) await ensureImage(image, { signal, guard: this.#parts.reaper });
      await this.#compose(
        ['pull', '--quiet', '--policy', 'missing', '--ignore-buildable', ...pulled],
        signal,
      );
    } catch (error) {
      if (!(error instanceof DockerFailed)) throw error;
      throw new UsageError(
        `the images cannot be had: ${error.message}. Allowed without Docker: local. Type: ${boards.length > 0 ? 'make up BOARDS=off, or make up RUNTIME=local' : 'make herd RUNTIME=local'}`,
      );
    }
    for (const { members, services } of groups) {
      const scrapes = members === groups.at(-1)?.members ? boards : [];
      await this.#compose([...UP, ...services, ...scrapes], signal);
      await this.#look();
      await Promise.all(members.map((member) => this.#untilReady(member, signal)));
    }
  }

  /** Where Prometheus and Grafana are, if they are there. */
  get boards(): { readonly prometheus?: { url: string }; readonly grafana?: { url: string } } {
    const found = this.#containers.filter(({ name }) => BOARDS.includes(name));
    return Object.fromEntries(found.map(({ name }) => [name, { url: `http://${this.#published(name)}` }]));
  }

  async casualties() {
    await this.#look();
    return this.#containers
      .filter(({ name, state }) => ['exited', 'dead'].includes(state) && !this.#ended.has(name))
      .map(({ name }) => name);
  }

  async kill(member: string) {
    this.#ended.add(member);
    await this.#tell('kill', member);
  }

  /** Freezes all of the container by its cgroup. */
  async pause(member: string) {
    await this.#tell('pause', member);
  }

  async resume(member: string) {
    await this.#tell('unpause', member);
  }

  async stop(member: string) {
    await this.resume(member);
    this.#ended.add(member);
    await this.#tell('stop', member);
  }

  async restart(member: string) {
    await this.#tell('start', member);
    this.#ended.delete(member);
    await this.#look();
    await this.#untilReady(this.member(member), this.#parts.spec.signal);
  }

  async cut() {
    await Promise.all(this.#border.map((edge) => leaveNetwork(this.#parts.socketPath, edge)));
  }

  async mend() {
    await Promise.all(this.#border.map((edge) => joinNetwork(this.#parts.socketPath, edge)));
  }

  async add() {
    const { settings, signal } = this.#parts.spec;
    const there = this.replicas.length;
    const member = nextReplica(settings, leaseGround(settings), there, this.token);
    const service = serviceOf(member);
    const scale = ['--no-recreate', '--scale', `${service}=${there + 1}`];
    const [port] = this.reserve(await reserveRow(1));
    const ports = { [member.own ? ownPortVariable(member.name) : 'APP_PORTS']: `${port}` };
    await this.#compose([...UP, ...(member.own ? [] : scale), service], signal, ports);
    await this.#look();
    this.enlist(member);
    await this.#untilReady(member, signal);
    this.publish();
    return this.seen(member);
  }

  /** Lets the cluster outlive the lab. Call it once others can find the cluster by its description. */
  async letLive(): Promise<void> {
    await this.#parts.reaper.release();
    this.#parts.reaper.dismiss();
  }

  async down() {
    if (this.#isDown) return;
    this.withdraw();
    // The user does not wait for the logs of a run that is not judged.
    if (!this.#parts.spec.signal.aborted) await this.#keepLogs();
    await removeProject(this.project);
    this.#isDown = true;
    this.releasePorts();
    this.#parts.reaper.dismiss();
  }

  protected seen({ name, url }: Member): Replica {
    return { name, url: resolve(url, () => this.#published(name)) };
  }

  /** `host:port` at which this machine reaches a container. Throws when it has no port now. */
  #published(name: string): string {
    const { port } = this.#container(name);
    if (port === undefined) throw new MemberFailed(`${name} has no published port`);
    return `${LOOPBACK}:${port}`;
  }

  /** What a cut takes out of its network: the primary from its replicas, its clients from those, all others from it. */
  get #border(): readonly Membership[] {
    const out = (name: string, network: string, alias: string): Membership => ({
      network: `${this.project}_${network}`,
      id: this.#container(name).id,
      alias,
    });
    const clients = this.replicas.map(({ name }) =>
      out(name, this.near.includes(name) ? 'replicas' : 'primary', 'app'),
    );
    const refreshers = this.refreshers.map(({ name }) => out(name, 'primary', 'refresher'));
    return [out('redis', 'replication', 'redis'), ...clients, ...refreshers];
  }

  #container(name: string): Container {
    const found = this.#containers.find((container) => container.name === name);
    if (!found)
      throw new UnknownName(`no member ${name}: ${this.#containers.map((one) => one.name).join(', ')}`);
    return found;
  }

  /** Published ports may be others after every start. One that is down keeps the last. */
  async #look(): Promise<void> {
    const before = new Map(this.#containers.map((container) => [container.id, container]));
    const now = await containersOf(this.project, this.#parts.socketPath);
    this.#containers = now.map((one) => ({ ...one, port: one.port ?? before.get(one.id)?.port }));
  }

  #compose(args: readonly string[], signal: AbortSignal, more: Record<string, string> = {}): Promise<string> {
    const { environment, reaper, composeFiles } = this.#parts;
    const files = [...FILES, ...composeFiles.flatMap((file) => ['--file', file])];
    return docker(['compose', '--project-name', this.project, ...files, '--progress', 'quiet', ...args], {
      env: { ...environment, ...more },
      signal,
      guard: reaper,
    });
  }

  #tell(verb: Verb, member: string): Promise<void> {
    return tellContainer(this.#parts.socketPath, verb, this.#container(member).id);
  }

  async #untilReady(member: Member, signal: AbortSignal): Promise<void> {
    const { name } = member;
    const identity = { run: this.token };
    let lastly: string | undefined;
    const look = async () => {
      const is = await isReady(member, this.seen(member).url, identity).catch((error: Error) => {
        lastly = error.message;
        return false;
      });
      if (!is && member.own) await this.#throwIfEnded(member);
      return is;
    };
    const withinMs = CONTAINER_READY_WITHIN_MS;
    const what = `the start of ${name} (log: ${this.files.logs}/${name}.log)`;
    await until(what, look, { withinMs, everyMs: 25, signal }).catch(async (error) => {
      if (!member.own || !(error instanceof NotInTime)) throw error;
      throw startFailure(member.own, {
        ...(await this.#loggedBy(name)),
        ...(lastly !== undefined && { lastly }),
      });
    });
    await this.recordRunId(member, () => this.#published(name));
  }

  /** Throws {@link UsageError} if the container of the user's own service has exited. */
  async #throwIfEnded({ name, own = {} as OwnService }: Member): Promise<void> {
    await this.#look();
    const { id, state } = this.#container(name);
    if (state !== 'exited' && state !== 'dead') return;
    const status = await docker(['inspect', '--format', '{{.State.ExitCode}}', id]);
    throw startFailure(own, { ...(await this.#loggedBy(name)), ended: Number(status) });
  }

  async #loggedBy(name: string) {
    const log = await docker(['logs', '--tail', '50', this.#container(name).id], { withErrors: true });
    const showLog = `cat ${this.files.logs}/${name}.log`;
    return { name, log, showLog, withinMs: CONTAINER_READY_WITHIN_MS };
  }

  /** A log that cannot be had is no reason to leave its container there. */
  async #keepLogs(): Promise<void> {
    await this.#look().catch(() => {});
    await Promise.allSettled(this.#containers.map((container) => this.#keepLog(container)));
  }

  async #keepLog({ name, id }: Container): Promise<void> {
    await writeFile(join(this.files.logs, `${name}.log`), await docker(['logs', id], { withErrors: true }));
  }
}
