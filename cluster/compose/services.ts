import { environmentOf, FOLDER, type Member } from '../topology.ts';

/** The services of compose.yaml that have a container for each of several members. */
const SCALED: Readonly<Partial<Record<Member['role'], string>>> = { replica: 'app', refresher: 'refresher' };

/** The data of the run's folder, as the containers see them. */
const DATA = 'file:///data';

/** Gives a member's service in compose.yaml. */
export const serviceOf = ({ role, name, own }: Member): string => (own ? undefined : SCALED[role]) ?? name;

/** Gives the member behind a container, by its service and number. */
export const memberOf = (service: string, number: string): string =>
  Object.values(SCALED).includes(service) ? `${service}-${number}` : service;

export const servicesOf = (members: readonly Member[]): string[] => [...new Set(members.map(serviceOf))];

/** Gives each member's address inside the project's networks. */
export function insideOf(members: readonly Member[]): (name: string) => string {
  const at = new Map(
    members.flatMap(({ name, port, ports = {} }) => [
      [name, `${name}:${port}`] as const,
      ...Object.entries(ports).map(([further, its]) => [further, `${name}:${its}`] as const),
    ]),
  );
  return (name) => (name === FOLDER ? DATA : `${at.get(name)}`);
}

/** Gives the environment of all containers of the lab's image. They share one file, since those of a service must. */
export function sharedEnvironment(members: readonly Member[]): Record<string, string> {
  const at = insideOf(members);
  const own = members.filter(({ role }) => role === 'origin' || role === 'relay' || role in SCALED);
  return Object.assign({}, ...own.map((member) => environmentOf(member, at)));
}

/** Gives compose.yaml's variables for the ports to publish: `REDIS_2_PORT`, and `APP_PORTS` for a row of them. */
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
