import { UnknownName } from '../services/shared/lab-errors.ts';
import type { RedisServer, Replica } from './cluster.ts';
import { type Member, type Role, startGroups, type Topology } from './topology.ts';

/** What any cluster knows of its members by its topology. A runtime adds where each of them is. */
export abstract class PlacedCluster {
  readonly #members = new Map<string, Member>();
  readonly near: readonly string[];

  constructor({ members, near }: Topology) {
    for (const member of members) this.enlist(member);
    this.near = near;
  }

  /** A member as others see it. Throws when it is nowhere now. */
  protected abstract seen(member: Member): Replica;

  protected enlist(member: Member): void {
    this.#members.set(member.name, member);
  }

  /** Throws when there is none of this name. */
  protected member(name: string): Member {
    const found = this.#members.get(name);
    if (!found) throw new UnknownName(`no member ${name}: ${[...this.#members.keys()].join(', ')}`);
    return found;
  }

  /** What to start, one group after the other. */
  protected get groups(): readonly (readonly Member[])[] {
    return startGroups([...this.#members.values()]);
  }

  get replicas(): readonly Replica[] {
    return this.#playing('replica');
  }

  get refreshers(): readonly Replica[] {
    return this.#playing('refresher');
  }

  get proxies(): readonly Replica[] {
    return this.#playing('proxy');
  }

  get origin(): Replica {
    return this.seen(this.member('origin'));
  }

  get redis(): RedisServer {
    return this.seen(this.member('redis'));
  }

  get redisServers(): readonly RedisServer[] {
    return [this.redis, ...this.#playing('redis-replica')];
  }

  get lockServers(): readonly RedisServer[] {
    return this.#playing('lock-server');
  }

  #playing(role: Role): readonly Replica[] {
    return [...this.#members.values()].flatMap((one) => (one.role === role ? [this.seen(one)] : []));
  }
}
