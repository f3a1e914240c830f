import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { UsageError } from '../../services/shared/usage-error.ts';
import type { Cluster, ClusterFiles, ClusterSpec, Member, RedisServer, Replica } from '../cluster.ts';
import { freeRow } from '../ports.ts';
import type { Reaper } from '../reaper.ts';
import { DockerFailed, docker } from './docker.ts';
import { type Container, containersOf, removeProject } from './project.ts';
import { ORIGIN, published, replicaService, type Service, type Services } from './services.ts';
import { joinNetwork, leaveNetwork, type Membership, tellContainer, type Verb } from './tell-engine.ts';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
/** Pins every image. */
export const IMAGES = join(ROOT, '.env');
const FILES = ['--project-directory', ROOT, '--file', join(ROOT, 'compose.yaml'), '--env-file', IMAGES];
export const BOARDS = ['prometheus', 'grafana'];
/** The project that the image belongs to, as in compose.yaml. */
const BUILT_UNDER = 'dogpile';
const UP = ['up', '--detach', '--no-build', '--no-deps'];
const READY_WITHIN_MS = 60_000;

/** What a cluster is made of before it is started. */
export interface ComposeParts {
  readonly spec: ClusterSpec;
  readonly socketPath: string;
  readonly reaper: Reaper | undefined;
  readonly files: ClusterFiles;
  readonly project: string;
  readonly services: Services;
  readonly near: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
}

export class ComposeCluster implements Cluster {
  readonly runtime = 'compose';
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
    const { groups, proxies } = this.#parts.services;
    const all = [...[...groups.flat(), ...proxies].map(({ name }) => name), ...more];
    this.#parts.reaper?.adopt(this.project);
    try {
      // Not under the run's own project: an image is labelled with it, and would be another one each time.
      await this.#compose(['--project-name', BUILT_UNDER, 'build', '--quiet', 'app'], signal);
      await this.#compose(['pull', '--quiet', '--policy', 'missing', '--ignore-buildable', ...all], signal);
    } catch (error) {
      if (!(error instanceof DockerFailed)) throw error;
      throw new UsageError(
        `the images cannot be had: ${error.message}. Allowed without Docker: local. Type: ${more.length > 0 ? 'make up BOARDS=off, or make up RUNTIME=local' : 'make herd RUNTIME=local'}`,
      );
    }
    for (const group of groups) await this.#startServices(group, signal);
    const refreshers = this.#parts.spec.settings.refreshers > 0 ? ['refresher'] : [];
    const members = () => [...this.#replicaNames, ...this.#refresherNames].map(replicaService);
    await this.#start(['app', ...refreshers, ...more], members, signal);
    if (proxies.length > 0) await this.#startServices(proxies, signal);
  }

  async #startServices(group: readonly Service[], signal: AbortSignal) {
    const names = group.map(({ name }) => name);
    await this.#start(names, () => group, signal);
  }

  async #start(names: readonly string[], waitFor: () => readonly Service[], signal: AbortSignal) {
    await this.#compose([...UP, ...names], signal);
    await this.#look();
    await Promise.all(waitFor().map((service) => this.#untilServing(service, signal)));
  }

  get replicas(): readonly Replica[] {
    return this.#replicaNames.map((name) => this.#described(name));
  }

  get refreshers(): readonly Replica[] {
    return this.#refresherNames.map((name) => this.#described(name));
  }

  get proxies(): readonly Replica[] {
    return this.#parts.services.proxies.map(({ name }) => this.#described(name));
  }

  get redis(): RedisServer {
    return this.redisServers[0] as RedisServer;
  }

  get redisServers() {
    return this.#parts.services.redis.map(({ name }) => this.#described(name));
  }

  get lockServers() {
    return this.#parts.services.locks.map(({ name }) => this.#described(name));
  }

  get near() {
    return this.#parts.near;
  }

  get origin() {
    return this.#described(ORIGIN.name);
  }

  /** Where Prometheus and Grafana are, if they are there. */
  get boards(): { readonly prometheus?: { url: string }; readonly grafana?: { url: string } } {
    const found = this.#containers.filter(({ name }) => BOARDS.includes(name));
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
    await this.#untilServing(this.#serviceOf(member), this.#parts.spec.signal);
  }

  async cut() {
    await Promise.all(this.#border.map((edge) => leaveNetwork(this.#parts.socketPath, edge)));
  }

  async mend() {
    await Promise.all(this.#border.map((edge) => joinNetwork(this.#parts.socketPath, edge)));
  }

  async add() {
    const { signal } = this.#parts.spec;
    const port = await freeRow(1);
    const scale = `app=${this.#replicaNames.length + 1}`;
    await this.#compose([...UP, '--no-recreate', '--scale', scale, 'app'], signal, { APP_PORTS: `${port}` });
    await this.#look();
    const added = this.replicas.at(-1) as Replica;
    await this.#untilServing(replicaService(added.name), signal);
    return added;
  }

  async down() {
    if (this.#isDown) return;
    // A log that cannot be had is no reason to leave its container there.
    await this.#look().catch(() => {});
    await Promise.allSettled(this.#containers.map((container) => this.#keepLog(container)));
    await removeProject(this.project);
    this.#isDown = true;
    this.#parts.reaper?.dismiss();
  }

  /** Where a member is reached. Throws when it has no port now. */
  urlOf(member: Member): string {
    const { port } = this.#named(member);
    if (port === undefined) throw new Error(`${member} has no published port`);
    return published(this.#serviceOf(member), port);
  }

  /** What a cut takes out of its network: the primary from its replicas, its clients from those, all others from it. */
  get #border(): readonly Membership[] {
    const { near } = this.#parts;
    const out = (member: Member, network: string, alias: string): Membership => ({
      network: `${this.project}_${network}`,
      id: this.#named(member).id,
      alias,
    });
    const clients = this.#replicaNames.map((name) =>
      out(name, near.includes(name) ? 'replicas' : 'primary', 'app'),
    );
    const refreshers = this.#refresherNames.map((name) => out(name, 'primary', 'refresher'));
    return [out('redis', 'replication', 'redis'), ...clients, ...refreshers];
  }

  #described(name: Member): { readonly name: Member; readonly url: string } {
    return { name, url: this.urlOf(name) };
  }

  #serviceOf(member: Member): Service {
    const { groups, proxies } = this.#parts.services;
    return [...groups.flat(), ...proxies].find(({ name }) => name === member) ?? replicaService(member);
  }

  get #replicaNames(): readonly string[] {
    return this.#namesOf('app');
  }

  get #refresherNames(): readonly string[] {
    return this.#namesOf('refresher');
  }

  #namesOf(service: string): readonly string[] {
    return this.#containers.flatMap(({ name }) => (name.startsWith(`${service}-`) ? [name] : []));
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
    return tellContainer(this.#parts.socketPath, verb, this.#named(member).id);
  }

  async #untilServing(service: Service, signal: AbortSignal): Promise<void> {
    const member = service.name;
    const giveUpAt = performance.now() + READY_WITHIN_MS;
    while (!(await service.ready(this.urlOf(member)).catch(() => false))) {
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
