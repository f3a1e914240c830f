import { join } from 'node:path';
import { LEDGER } from '../../record/files/run-folder.ts';
import type { Cluster, ClusterFiles, ClusterSpec, RedisServer, Replica } from '../cluster.ts';
import { freePorts } from '../ports.ts';
import type { Place } from '../proxies/caching-proxy.ts';
import { noGuard, type Reaper } from '../reaper.ts';
import { appMember, HOST, type LocalPlan, refresherMember } from './members.ts';
import { type MemberSpec, ProcessMember } from './process-member.ts';
import type { LocalStore } from './store.ts';

export const replicaNamed = (_: unknown, index: number) => `app-${index + 1}`;
export const refresherNamed = (_: unknown, index: number) => `refresher-${index + 1}`;
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
