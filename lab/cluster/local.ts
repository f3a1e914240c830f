import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Place } from '../proxies/caching-proxy.ts';
import { EVENTS_OF_REPLICAS, LEDGER } from '../recording.ts';
import { UsageError } from '../usage-error.ts';
import type { Cluster, ClusterFiles, ClusterSpec, RedisServer, Replica } from './cluster.ts';
import { portsOfLocks, withLockServers } from './local-locks.ts';
import { appMember, HOST, type LocalPlan, originMember, refresherMember } from './local-members.ts';
import { portsOfProxies, proxyMember, requireProxy } from './local-proxies.ts';
import { type LocalStore, portsOfStore, sentinelStore, singleStore } from './local-store.ts';
import { type MemberSpec, ProcessMember } from './member.ts';
import { freePorts, reservePorts } from './ports.ts';
import { noGuard, type Reaper, startReaper } from './reaper.ts';
import { redisServerCommand } from './redis-server.ts';

/**
 * The cluster as processes on this machine: a real redis-server, the origin and the replicas, on loopback. When
 * anything does not start, what did is ended. With `stay` it outlives the lab; otherwise nothing does.
 */
export async function startLocalCluster(
  spec: ClusterSpec,
  { stay = false }: { readonly stay?: boolean } = {},
): Promise<LocalCluster> {
  const { settings, folder } = spec;
  if (stay && settings.store !== 'single')
    throw new UsageError(
      `STORE=${settings.store} needs links that the lab itself carries where it runs as processes, and they end with it. Allowed here: single. Type: make up, or make up STORE=${settings.store} RUNTIME=compose`,
    );
  const redisCommand = redisServerCommand();
  requireProxy(settings);
  const counts = [
    1,
    settings.replicas,
    portsOfStore(settings),
    portsOfLocks(settings),
    settings.refreshers,
    portsOfProxies(settings),
  ];
  const ports = await reservePorts(
    counts.reduce((a, b) => a + b),
    settings.port,
  );
  spec.onStart();
  const [
    [originPort = 0] = [],
    appPorts = [],
    storePorts = [],
    lockPorts = [],
    refresherPorts = [],
    proxyPorts = [],
  ] = counts.map((count) => ports.splice(0, count));
  const plan: LocalPlan = {
    settings,
    folder,
    events: join(folder, EVENTS_OF_REPLICAS),
    logs: join(folder, 'logs'),
    originUrl: `http://${HOST}:${originPort}`,
  };
  await mkdir(plan.logs, { recursive: true });

  const names = appPorts.map(replicaNamed);
  const askers = [...names, ...refresherPorts.map(refresherNamed)];
  const values =
    settings.store === 'single'
      ? singleStore(plan, redisCommand, storePorts)
      : await sentinelStore(plan, redisCommand, storePorts, names);
  const store = withLockServers(values, plan, redisCommand, lockPorts);
  const replicas = appPorts.map((port, index) => ({ name: replicaNamed(port, index), port }));
  const places = proxyPorts.map((port, index) => ({ name: `proxy-${index + 1}`, port, replicas }));
  const proxies = await Promise.all(places.map((place) => proxyMember(plan, place)));
  const cluster = new LocalCluster(spec, plan, { store, places }, stay ? undefined : startReaper());
  const enlisted = [
    [cluster.enlist(originMember(plan, originPort, askers))],
    ...store.groups.map((group) => group.map((member) => cluster.enlist(member))),
    appPorts.map((port) => cluster.enlistReplica(port)),
    refresherPorts.map((port) => cluster.enlistRefresher(port)),
    proxies.map((member) => cluster.enlist(member)),
  ];
  try {
    for (const group of enlisted) await Promise.all(group.map((member) => member.start(spec.signal)));
  } catch (error) {
    await cluster.down();
    throw error;
  }
  return cluster;
}

const replicaNamed = (_: unknown, index: number) => `app-${index + 1}`;
const refresherNamed = (_: unknown, index: number) => `refresher-${index + 1}`;
const urlOf = (port: number) => `http://${HOST}:${port}`;

/** What the replicas stand on, and what stands in front of them. */
interface Sides {
  readonly store: LocalStore;
  readonly places: readonly Place[];
}

export class LocalCluster implements Cluster {
  readonly runtime = 'local';
  readonly #spec: ClusterSpec;
  readonly #plan: LocalPlan;
  readonly #store: LocalStore;
  readonly #places: readonly Place[];
  readonly #reaper: Reaper | undefined;
  readonly #members = new Map<string, ProcessMember>();
  /** The replicas' ports, by their names, in the order in which they came. */
  readonly #ports = new Map<string, number>();
  readonly #refresherPorts = new Map<string, number>();

  constructor(spec: ClusterSpec, plan: LocalPlan, { store, places }: Sides, reaper: Reaper | undefined) {
    this.#spec = spec;
    this.#plan = plan;
    this.#store = store;
    this.#places = places;
    this.#reaper = reaper;
  }

  /** Makes a process the cluster's own, without starting it. */
  enlist(spec: MemberSpec): ProcessMember {
    const member = new ProcessMember(spec, this.#reaper ?? noGuard);
    this.#members.set(spec.name, member);
    return member;
  }

  enlistReplica(port: number): ProcessMember {
    const name = replicaNamed(port, this.#ports.size);
    this.#ports.set(name, port);
    return this.enlist(appMember(this.#plan, { name, port, stores: this.#store.environmentOf(name) }));
  }

  enlistRefresher(port: number): ProcessMember {
    const name = refresherNamed(port, this.#refresherPorts.size);
    this.#refresherPorts.set(name, port);
    return this.enlist(refresherMember(this.#plan, { name, port, stores: this.#store.environmentOf(name) }));
  }

  get members(): readonly ProcessMember[] {
    return [...this.#members.values()];
  }

  get replicas(): readonly Replica[] {
    return [...this.#ports].map((placed) => this.#at(placed));
  }

  get refreshers(): readonly Replica[] {
    return [...this.#refresherPorts].map((placed) => this.#at(placed));
  }

  get proxies(): readonly Replica[] {
    return this.#places.map(({ name, port }) => ({ name, url: urlOf(port) }));
  }

  get redis(): RedisServer {
    return this.redisServers[0] as RedisServer;
  }

  get redisServers() {
    return this.#store.servers;
  }

  get lockServers() {
    return this.#store.lockServers ?? [];
  }

  get near() {
    return this.#store.near;
  }

  get origin() {
    return { url: this.#plan.originUrl };
  }

  get files(): ClusterFiles {
    const { folder, events, logs } = this.#plan;
    return { ledger: join(folder, LEDGER), events, logs };
  }

  async casualties() {
    return this.members.filter(({ failed }) => failed).map(({ spec }) => spec.name);
  }

  async kill(member: string) {
    await this.#named(member).kill();
  }

  async pause(member: string) {
    this.#named(member).pause();
  }

  async resume(member: string) {
    this.#named(member).resume();
  }

  async stop(member: string) {
    await this.#named(member).stop();
  }

  async restart(member: string) {
    await this.#named(member).start(this.#spec.signal);
  }

  async cut() {
    for (const link of this.#store.links) link.cut();
  }

  async mend() {
    for (const link of this.#store.links) link.mend();
  }

  async add() {
    const [port = 0] = await freePorts(1);
    const member = this.enlistReplica(port);
    await member.start(this.#spec.signal);
    return this.replicas.at(-1) as Replica;
  }

  async down() {
    // First whoever would miss the others.
    const proxies = this.#places.map(({ name }) => name);
    const askers = [...this.#ports.keys(), ...this.#refresherPorts.keys()];
    for (const names of [proxies, askers]) await Promise.all(names.map((name) => this.#named(name).end()));
    await Promise.all(this.members.map((member) => member.end()));
    for (const link of this.#store.links) link.close();
    this.#reaper?.dismiss();
  }

  #at([name, port]: readonly [string, number]): Replica {
    const { pid } = this.#named(name);
    return { name, url: urlOf(port), ...(pid !== undefined && { pid }) };
  }

  #named(name: string): ProcessMember {
    const found = this.#members.get(name);
    if (!found) throw new Error(`no member ${name}: ${[...this.#members.keys()].join(', ')}`);
    return found;
  }
}
