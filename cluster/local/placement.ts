import { UnknownName } from '../../services/shared/lab-errors.ts';
import { LOOPBACK } from '../ports.ts';
import { portNames, type Role, type Topology } from '../topology.ts';
import { Link } from './link.ts';

/** The roles that a cut separates, beside the replicas: all that hold values or watch over those that do. */
const PARTED: readonly Role[] = ['redis', 'redis-replica', 'sentinel'];

/**
 * Places the members of a topology on this machine's ports. If the network can part, the primary and the near replicas
 * are on one side and everybody else is on the other. Each Redis server and Sentinel then has two ports: its own for
 * members on its side, and a link's for the others.
 */
export class Placement {
  readonly #ports = new Map<string, number>();
  readonly #linked = new Map<string, number>();
  readonly #near: ReadonlySet<string>;
  readonly #redis: readonly string[];
  #links: readonly Link[] = [];

  constructor({ members, near }: Topology, ports: readonly number[]) {
    const left = [...ports];
    for (const name of portNames(members)) this.place(name, left.shift() as number);
    for (const { name } of parted({ members, near })) this.#linked.set(name, left.shift() as number);
    this.#near = new Set(near.length > 0 ? ['redis', ...near] : []);
    this.#redis = members.flatMap(({ name, role }) => (role.startsWith('redis') ? [name] : []));
  }

  /** Counts the ports that a topology needs. */
  static portsFor = (topology: Topology): number =>
    portNames(topology.members).length + parted(topology).length;

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
      const linked = this.#near.has(asking) === this.#near.has(name) ? undefined : this.#linked.get(name);
      return linked === undefined ? this.at(name) : `${LOOPBACK}:${linked}`;
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
    const links = [...this.#linked].map(([name, port]) => ({ port, link: new Link(this.portOf(name)) }));
    this.#links = links.map(({ link }) => link);
    await Promise.all(links.map(({ link, port }) => link.listen(port)));
  }

  get links(): readonly Link[] {
    return this.#links;
  }
}

const parted = ({ members, near }: Topology) =>
  near.length > 0 ? members.filter(({ role }) => PARTED.includes(role)) : [];
