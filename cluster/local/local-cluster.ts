import { join } from 'node:path';
import { LEDGER } from '../../record/files/run-folder.ts';
import type { Cluster, ClusterFiles, ClusterSpec, Replica } from '../cluster.ts';
import { PlacedCluster } from '../placed-cluster.ts';
import { type Reservation, reserveAny } from '../ports.ts';
import type { Reaper } from '../reaper.ts';
import { leaseGround } from '../servers/lease-ground.ts';
import { type Member, nextReplica, resolve, type Topology } from '../topology.ts';
import type { LocalGround } from './ground.ts';
import { LOG_ROTATION, logRotation } from './log-rotation/rotate-logs.ts';
import { processOf } from './members.ts';
import { ProcessMember } from './process-member.ts';

/** What a cluster is made of before it is started. */
export interface LocalParts {
  readonly spec: ClusterSpec;
  readonly topology: Topology;
  readonly ground: LocalGround;
  readonly ports: Reservation;
  readonly reaper: Reaper;
}

export class LocalCluster extends PlacedCluster implements Cluster {
  readonly runtime = 'local';
  readonly #parts: LocalParts;
  readonly #processes = new Map<string, ProcessMember>();

  constructor(parts: LocalParts) {
    super(parts.topology, parts.ground.token, parts.ports);
    this.#parts = parts;
  }

  /** Starts every member. What its process reads is written before the first is started. */
  async up(): Promise<void> {
    await this.#parts.ground.placement.open();
    for (const member of this.groups.flat()) await this.#prepare(member);
    for (const group of this.groups) await Promise.all(group.map((member) => this.#start(member)));
  }

  async #start(member: Member): Promise<void> {
    await this.#process(member.name).start(this.#parts.spec.signal);
    await this.recordRunId(member, this.#parts.ground.placement.at);
  }

  async #prepare(member: Member): Promise<void> {
    const { ground, reaper } = this.#parts;
    const process = new ProcessMember(await processOf(member, ground), reaper);
    this.#processes.set(member.name, process);
  }

  get processes(): readonly ProcessMember[] {
    return [...this.#processes.values()];
  }

  get files(): ClusterFiles {
    const { folder, events, logs } = this.#parts.ground;
    return { ledger: join(folder, LEDGER), events, logs };
  }

  /** Starts what keeps the logs small for as long as the cluster lives. */
  async rotateLogs(): Promise<void> {
    const { ground, reaper, spec } = this.#parts;
    const rotation = new ProcessMember(logRotation(ground.logs), reaper);
    this.#processes.set(LOG_ROTATION, rotation);
    await rotation.start(spec.signal);
  }

  /** Lets the cluster outlive the lab. Call it once others can find the cluster by its description. */
  async letLive(): Promise<void> {
    await this.#parts.reaper.release();
    this.#parts.reaper.dismiss();
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
    await this.#process(member).stop(this.#parts.spec.signal);
  }

  async restart(member: string) {
    await this.#start(this.member(member));
  }

  async cut() {
    for (const link of this.#links) link.cut();
  }

  async mend() {
    for (const link of this.#links) link.mend();
  }

  async add() {
    const { spec, ground } = this.#parts;
    const { settings } = spec;
    const member = nextReplica(settings, leaseGround(settings), this.replicas.length, this.token);
    const [port = 0] = this.reserve(await reserveAny(1));
    ground.placement.place(member.name, port);
    await this.#prepare(member);
    this.enlist(member);
    await this.#start(member);
    this.publish();
    return this.seen(member);
  }

  async down() {
    this.withdraw();
    const { signal } = this.#parts.spec;
    const end = ({ name }: { readonly name: string }) => this.#processes.get(name)?.end(signal);
    // First those that would miss the others, unless the user waits.
    const order = signal.aborted ? [this.groups.flat()] : this.groups.toReversed();
    for (const group of order) await Promise.all(group.map(end));
    await end({ name: LOG_ROTATION });
    for (const link of this.#links) link.close();
    this.releasePorts();
    this.#parts.reaper.dismiss();
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
