import { environmentOf, FOLDER, type Member } from '../topology.ts';

/** The services of compose.yaml that have a container for each of several members. */
const SCALED: Readonly<Partial<Record<Member['role'], string>>> = { replica: 'app', refresher: 'refresher' };

/** What the run's folder is for the containers. */
const DATA = 'file:///data';

/** The service of compose.yaml whose container a member is. */
export const serviceOf = ({ role, name }: Member): string => SCALED[role] ?? name;

/** The member that the container of this number of a service is. */
export const memberOf = (service: string, number: string): string =>
  Object.values(SCALED).includes(service) ? `${service}-${number}` : service;

export const servicesOf = (members: readonly Member[]): string[] => [...new Set(members.map(serviceOf))];

/** The address of each member inside the project's networks. */
export function insideOf(members: readonly Member[]): (name: string) => string {
  const ports = new Map(members.map(({ name, port }) => [name, port]));
  return (name) => (name === FOLDER ? DATA : `${name}:${ports.get(name)}`);
}

/** What the containers of the lab's own image are told: one file for all, as those of one service share theirs. */
export function sharedEnvironment(members: readonly Member[]): Record<string, string> {
  const at = insideOf(members);
  const told = members.filter(({ role }) => role === 'origin' || role in SCALED);
  return Object.assign({}, ...told.map((member) => environmentOf(member, at)));
}

/** The variables by which compose.yaml is told the ports to publish: `REDIS_2_PORT`, and a row as `APP_PORTS`. */
export function portVariables(members: readonly Member[], ports: readonly number[]): Record<string, string> {
  const variables = servicesOf(members).map((service) => {
    const theirs = ports.filter((_, index) => members[index] && serviceOf(members[index]) === service);
    const isScaled = Object.values(SCALED).includes(service);
    return [`${service.toUpperCase().replaceAll('-', '_')}_PORT${isScaled ? 'S' : ''}`, rowOf(theirs)];
  });
  return Object.fromEntries(variables);
}

/** A row of ports as compose.yaml takes it. */
const rowOf = (ports: readonly number[]): string => [...new Set([ports[0], ports.at(-1)])].join('-');
