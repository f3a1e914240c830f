import { join } from 'node:path';
import { LEDGER } from '../../record/files/run-folder.ts';
import type { Cluster, ClusterFiles, ClusterSpec, Replica } from '../cluster.ts';
import { noGuard } from '../guard.ts';
import { PlacedCluster } from '../placed-cluster.ts';
import { freePorts } from '../ports.ts';
import type { Reaper } from '../reaper.ts';
import { leaseGround } from '../servers/lease-ground.ts';
import { type Member, nextReplica, resolve, type Topology } from '../topology.ts';
import type { LocalGround } from './ground.ts';
import { processOf } from './members.ts';
import { ProcessMember } from './process-member.ts';

/** What a cluster is made of before it is started. */
export interface LocalParts {
  readonly spec: ClusterSpec;
  readonly topology: Topology;
  readonly ground: LocalGround;
  readonly reaper: Reaper | undefined;
}

export class LocalCluster extends PlacedCluster implements Cluster {
  readonly runtime = 'local';
  readonly #parts: LocalParts;
  readonly #processes = new Map<string, ProcessMember>();

  constructor(parts: LocalParts) {
    super(parts.topology);
    this.#parts = parts;
  }

  /** Starts every member. What its process reads is written before the first is started. */
  async up(): Promise<void> {
    await this.#parts.ground.placement.open();
    for (const member of this.groups.flat()) await this.#prepare(member);
    for (const group of this.groups)
      await Promise.all(group.map(({ name }) => this.#process(name).start(this.#parts.spec.signal)));
  }

  async #prepare(member: Member): Promise<void> {
    const { ground, reaper } = this.#parts;
    const process = new ProcessMember(await processOf(member, ground), reaper ?? noGuard);
    this.#processes.set(member.name, process);
  }

  get processes(): readonly ProcessMember[] {
    return [...this.#processes.values()];
  }

  get files(): ClusterFiles {
    const { folder, events, logs } = this.#parts.ground;
    return { ledger: join(folder, LEDGER), events, logs };
  }

  async casualties() {
    return this.processes.filter(({ failed }) => failed).map(({ spec }) => spec.name);
  }

  async kill(member: string) {
    await this.#process(member).kill();
  }

  async pause(member: string) {
    this.#process(member).pause();
  }

  async resume(member: string) {
    this.#process(member).resume();
  }

  async stop(member: string) {
    await this.#process(member).stop();
  }

  async restart(member: string) {
    await this.#process(member).start(this.#parts.spec.signal);
  }

  async cut() {
    for (const link of this.#links) link.cut();
  }

  async mend() {
    for (const link of this.#links) link.mend();
  }

  async add() {
    const { spec, ground } = this.#parts;
    const { settings, signal } = spec;
    const member = nextReplica(settings, leaseGround(settings), this.replicas.length);
    const [port = 0] = await freePorts(1);
    ground.placement.place(member.name, port);
    await this.#prepare(member);
    this.enlist(member);
    await this.#process(member.name).start(signal);
    return this.seen(member);
  }

  async down() {
    // First those that would miss the others.
    for (const group of this.groups.toReversed())
      await Promise.all(group.map(({ name }) => this.#processes.get(name)?.end()));
    for (const link of this.#links) link.close();
    this.#parts.reaper?.dismiss();
  }

  protected seen({ name, url }: Member): Replica {
    const pid = this.#processes.get(name)?.pid;
    return { name, url: resolve(url, this.#parts.ground.placement.at), ...(pid !== undefined && { pid }) };
  }

  get #links() {
    return this.#parts.ground.placement.links;
  }

  #process(name: string): ProcessMember {
    // Where there is none of the name, this says so.
    const { name: known } = this.member(name);
    return this.#processes.get(known) as ProcessMember;
  }
}
