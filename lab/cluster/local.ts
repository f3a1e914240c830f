import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { EVENTS_OF_REPLICAS, LEDGER } from '../recording.ts';
import type { Cluster, ClusterFiles, ClusterSpec, Replica } from './cluster.ts';
import { appMember, HOST, type LocalPlan, originMember, redisMember } from './local-members.ts';
import { type Guard, type MemberSpec, ProcessMember } from './member.ts';
import { freePorts, reservePorts } from './ports.ts';
import { noGuard, startReaper } from './reaper.ts';
import { redisServerCommand } from './redis-server.ts';

/**
 * The cluster as processes on this machine: a real redis-server, the origin and the replicas, on loopback. When
 * anything does not start, what did is ended. With `stay` it outlives the lab; otherwise nothing does.
 */
export async function startLocalCluster(spec: ClusterSpec, { stay = false } = {}): Promise<LocalCluster> {
  const { settings, folder } = spec;
  const redisCommand = redisServerCommand();
  const [redisPort = 0, originPort = 0, ...appPorts] = await reservePorts(
    settings.replicas + 2,
    settings.port,
  );
  spec.onStart();
  const plan: LocalPlan = {
    settings,
    folder,
    events: join(folder, EVENTS_OF_REPLICAS),
    logs: join(folder, 'logs'),
    originUrl: `http://${HOST}:${originPort}`,
  };
  await mkdir(plan.logs, { recursive: true });

  const cluster = new LocalCluster(spec, plan, stay ? undefined : startReaper());
  const redis = cluster.enlist(redisMember(plan, { name: 'redis', command: redisCommand, port: redisPort }));
  cluster.redis = { url: `redis://${HOST}:${redisPort}` };
  const origin = cluster.enlist(originMember(plan, originPort, appPorts.map(nameOf)));
  const apps = appPorts.map((port) => cluster.enlistReplica(port));
  try {
    await Promise.all([redis, origin].map((member) => member.start(spec.signal)));
    await Promise.all(apps.map((app) => app.start(spec.signal)));
  } catch (error) {
    await cluster.down();
    throw error;
  }
  return cluster;
}

const nameOf = (_: unknown, index: number) => `app-${index + 1}`;

export class LocalCluster implements Cluster {
  readonly runtime = 'local';
  redis = { url: '' };
  readonly #spec: ClusterSpec;
  readonly #plan: LocalPlan;
  readonly #reaper: (Guard & { dismiss(): void }) | undefined;
  readonly #members = new Map<string, ProcessMember>();
  /** The replicas' ports, by their names, in the order in which they came. */
  readonly #ports = new Map<string, number>();

  constructor(spec: ClusterSpec, plan: LocalPlan, reaper: (Guard & { dismiss(): void }) | undefined) {
    this.#spec = spec;
    this.#plan = plan;
    this.#reaper = reaper;
  }

  /** Makes a process the cluster's own, without starting it. */
  enlist(spec: MemberSpec): ProcessMember {
    const member = new ProcessMember(spec, this.#reaper ?? noGuard);
    this.#members.set(spec.name, member);
    return member;
  }

  enlistReplica(port: number): ProcessMember {
    const name = nameOf(port, this.#ports.size);
    this.#ports.set(name, port);
    return this.enlist(appMember(this.#plan, { name, port, stores: { REDIS: this.redis.url } }));
  }

  get members(): readonly ProcessMember[] {
    return [...this.#members.values()];
  }

  get replicas(): readonly Replica[] {
    return [...this.#ports].map(([name, port]) => {
      const { pid } = this.#named(name);
      return { name, url: `http://${HOST}:${port}`, ...(pid !== undefined && { pid }) };
    });
  }

  get origin() {
    return { url: this.#plan.originUrl };
  }

  get files(): ClusterFiles {
    const { folder, events, logs } = this.#plan;
    return { ledger: join(folder, LEDGER), events, logs };
  }

  get casualties() {
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

  async add() {
    const [port = 0] = await freePorts(1);
    const member = this.enlistReplica(port);
    await member.start(this.#spec.signal);
    return this.replicas.at(-1) as Replica;
  }

  async down() {
    const apps = [...this.#ports.keys()];
    await Promise.all(apps.map((name) => this.#named(name).stop()));
    await Promise.all(this.members.map((member) => member.stop()));
    this.#reaper?.dismiss();
  }

  #named(name: string): ProcessMember {
    const found = this.#members.get(name);
    if (!found) throw new Error(`no member ${name}: ${[...this.#members.keys()].join(', ')}`);
    return found;
  }
}
