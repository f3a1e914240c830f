import { UnknownName } from '../../services/shared/lab-errors.ts';
import { LOOPBACK } from '../ports.ts';
import type { Role, Topology } from '../topology.ts';
import { Relay } from './relay.ts';

/** What the network parts when it is cut, beside the replicas: whatever the values are in. */
const PARTED: readonly Role[] = ['redis', 'redis-replica', 'sentinel'];

/**
 * Where the members of a topology are on this machine. In a network that can be parted the primary and the near replicas
 * are on one side, everybody else is on the other, and what is parted has two ports: its own for those on its side, and a
 * relay's for the others.
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

  /** How many ports a topology takes here. */
  static portsFor = (topology: Topology): number => topology.members.length + parted(topology).length;

  place(name: string, port: number): void {
    this.#ports.set(name, port);
  }

  get names(): readonly string[] {
    return [...this.#ports.keys()];
  }

  /** The port that the member itself listens on. */
  portOf(name: string): number {
    const port = this.#ports.get(name);
    if (port === undefined) throw new UnknownName(`no member ${name}: ${this.names.join(', ')}`);
    return port;
  }

  /** `host:port` at which the lab reaches it, which is on everybody's side. */
  readonly at = (name: string): string => `${LOOPBACK}:${this.portOf(name)}`;

  /** The same for another member, as that finds it. */
  atFor(asking: string): (name: string) => string {
    return (name) => {
      const relayed = this.#near.has(asking) === this.#near.has(name) ? undefined : this.#relayed.get(name);
      return relayed === undefined ? this.at(name) : `${LOOPBACK}:${relayed}`;
    };
  }

  /** What it goes by among those that tell each other: its address for the side with most of them. */
  readonly announced = this.atFor('');

  /** The Redis servers that a member does not reach at what they announce: `announced=reached`. */
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
