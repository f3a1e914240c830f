import { UnknownName } from '../../services/shared/lab-errors.ts';
import { LOOPBACK } from '../ports.ts';
import type { Role, Topology } from '../topology.ts';
import { Relay } from './relay.ts';

/** The roles that a cut separates, beside the replicas: all that hold values or watch over those that do. */
const PARTED: readonly Role[] = ['redis', 'redis-replica', 'sentinel'];

/**
 * Places the members of a topology on this machine's ports. If the network can part, the primary and the near replicas
 * are on one side and everybody else is on the other. Each Redis server and Sentinel then has two ports: its own for
 * members on its side, and a relay's for the others.
 */
export class Placement {
  readonly #ports = new Map<string, number>();
  readonly #relayed = new Map<string, number>();
  readonly #near: ReadonlySet<string>;
  readonly #redis: readonly string[];
  #links: readonly Relay[] = [];

  constructor({ members, near }: Topology, ports: readonly number[]) {
    const left = [...ports];
    for (const { name } of members) this.place(name, left.shift() as number);
    for (const { name } of parted({ members, near })) this.#relayed.set(name, left.shift() as number);
    this.#near = new Set(near.length > 0 ? ['redis', ...near] : []);
    this.#redis = members.flatMap(({ name, role }) => (role.startsWith('redis') ? [name] : []));
  }

  /** Counts the ports that a topology needs. */
  static portsFor = (topology: Topology): number => topology.members.length + parted(topology).length;

  place(name: string, port: number): void {
    this.#ports.set(name, port);
  }

  get names(): readonly string[] {
    return [...this.#ports.keys()];
  }

  /** Gives the port that the member itself listens on. */
  portOf(name: string): number {
    const port = this.#ports.get(name);
    if (port === undefined) throw new UnknownName(`no member ${name}: ${this.names.join(', ')}`);
    return port;
  }

  /** Gives the `host:port` at which the lab reaches a member. The lab is on both sides. */
  readonly at = (name: string): string => `${LOOPBACK}:${this.portOf(name)}`;

  /** Gives the `host:port` at which the member `asking` reaches another. */
  atFor(asking: string): (name: string) => string {
    return (name) => {
      const relayed = this.#near.has(asking) === this.#near.has(name) ? undefined : this.#relayed.get(name);
      return relayed === undefined ? this.at(name) : `${LOOPBACK}:${relayed}`;
    };
  }

  /** Gives the address that Redis servers and Sentinels announce: the one that the larger side reaches. */
  readonly announced = this.atFor('');

  /** Lists the Redis servers that a member reaches elsewhere than at their announced address: `announced=reached`. */
  detoursOf(asking: string): string[] {
    return this.#redis.flatMap((name) => {
      const [announced, reached] = [this.announced(name), this.atFor(asking)(name)];
      return announced === reached ? [] : [`${announced}=${reached}`];
    });
  }

  /** Opens the links between the sides. */
  async open(): Promise<void> {
    const links = [...this.#relayed].map(([name, port]) => ({ port, relay: new Relay(this.portOf(name)) }));
    this.#links = links.map(({ relay }) => relay);
    await Promise.all(links.map(({ relay, port }) => relay.listen(port)));
  }

  get links(): readonly Relay[] {
    return this.#links;
  }
}

const parted = ({ members, near }: Topology) =>
  near.length > 0 ? members.filter(({ role }) => PARTED.includes(role)) : [];
