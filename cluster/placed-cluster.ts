import { UnknownName } from '../services/shared/lab-errors.ts';
import { runIdOf } from './ask-redis.ts';
import type { RedisServer, Relays, Replica } from './cluster.ts';
import type { Reservation } from './ports.ts';
import { relayAt } from './relay.ts';
import { publishTargets, withdrawTargets } from './targets/targets.ts';
import { type Member, type Role, resolve, startGroups, type Topology } from './topology.ts';

/** What any cluster knows of its members by its topology. A runtime adds where each of them is. */
export abstract class PlacedCluster {
  readonly #members = new Map<string, Member>();
  readonly #reservations: Reservation[] = [];
  readonly #runIds = new Map<string, string>();
  #scrapedAs: string | undefined;
  readonly near: readonly string[];
  readonly token: string;

  constructor({ members, near }: Topology, token: string, ports: Reservation) {
    for (const member of members) this.enlist(member);
    this.near = near;
    this.token = token;
    this.reserve(ports);
  }

  /** A member as others see it. Throws when it is nowhere now. */
  protected abstract seen(member: Member): Replica;

  /** Makes these ports the cluster's until {@link releasePorts}. Gives them. */
  protected reserve(reservation: Reservation): readonly number[] {
    this.#reservations.push(reservation);
    return reservation.ports;
  }

  /** Gives all ports back. Call it when nobody listens on them any more. */
  protected releasePorts(): void {
    for (const reservation of this.#reservations) reservation.release();
  }

  /** Records which process a Redis server is, once it is ready. Does nothing for other members. */
  protected async recordRunId({ name, role, url }: Member, at: (name: string) => string): Promise<void> {
    if (role !== 'redis' && role !== 'redis-replica') return;
    // One that ends this very moment has none, and that is for the judge to find.
    const runId = await runIdOf(resolve(url, at)).catch(() => undefined);
    if (runId === undefined) this.#runIds.delete(name);
    else this.#runIds.set(name, runId);
  }

  protected enlist(member: Member): void {
    this.#members.set(member.name, member);
  }

  /**
   * Tells Prometheus, if there is one, where the members are and what their run is called. A service of the user's own need not
   * have metrics.
   */
  publish(run = this.#scrapedAs): void {
    this.#scrapedAs = run;
    const replicas = this.replicas.filter(({ name }) => !this.member(name).own);
    const { origin, refreshers } = this;
    if (run !== undefined) publishTargets(run, { origin, refreshers, replicas });
  }

  /** Has Prometheus forget the members before they end, so that it does not take them for broken. */
  protected withdraw(): void {
    if (this.#scrapedAs !== undefined) withdrawTargets(this.#scrapedAs);
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

  get relay(): Relays | undefined {
    const [relay] = this.#playing('relay');
    return relay && relayAt(relay.url);
  }

  get redis(): RedisServer {
    return this.#withRunId(this.seen(this.member('redis')));
  }

  get redisServers(): readonly RedisServer[] {
    return [this.redis, ...this.#playing('redis-replica').map((server) => this.#withRunId(server))];
  }

  get lockServers(): readonly RedisServer[] {
    return this.#playing('lock-server');
  }

  #withRunId(server: RedisServer): RedisServer {
    const runId = this.#runIds.get(server.name);
    return { ...server, ...(runId !== undefined && { runId }) };
  }

  #playing(role: Role): readonly Replica[] {
    return [...this.#members.values()].flatMap((one) => (one.role === role ? [this.seen(one)] : []));
  }
}
