import type { MutexGround } from '../backends/locks/index.ts';
import { type Asking, askingOf } from '../record/foreign/asking.ts';
import { type Settings, variablesFor } from '../record/settings.ts';
import { MemberFailed } from '../services/shared/lab-errors.ts';
import { answersWithinMs, appEnvironment, drainMsFor, originEnvironment } from './environment.ts';
import { LOCK_SERVERS } from './servers/lock-servers.ts';
import { SENTINEL_PORT, SENTINELS, SERVICE_NAME } from './servers/sentinel.ts';

export type Role =
  | 'replica'
  | 'redis'
  | 'origin'
  | 'lock-server'
  | 'redis-replica'
  | 'sentinel'
  | 'refresher'
  | 'proxy'
  | 'relay';

/** Variables and their values. In those that are {@link Member.addresses}, `{app-1}` stands for `host:port` of app-1. */
type Variables = Readonly<Record<string, string>>;

/** One process or container, as the settings define it. The runtime decides where it runs. */
export interface Member {
  readonly name: string;
  readonly role: Role;
  /** The kind of lock server, or the name of the proxy; other roles have one kind only. */
  readonly kind?: string;
  /** The port that it listens on where it has an address of its own. */
  readonly port: number;
  /** More ports of it, by their names in references: `{relay:app-1}`. */
  readonly ports?: Readonly<Record<string, number>>;
  /** Its address, as a reference: `http://{app-1}`. */
  readonly url: string;
  /** The members that must start before it. */
  readonly standsOn: readonly string[];
  /** Its environment variables. */
  readonly environment: Variables;
  /** More environment variables, whose values are references that the runtime resolves. */
  readonly addresses: Variables;
  /** How long it may take to finish its work when it is stopped. */
  readonly drainMs: number;
  /** The user's own service in place of the lab's replica. */
  readonly own?: OwnService;
}

/** How the user's own service is started, and how one can tell that it is ready. */
export interface OwnService {
  /** For a shell. */
  readonly command?: string;
  /** A container image, in place of a command. */
  readonly image?: string;
  readonly asking: Asking;
  /** How long its first answer may take. */
  readonly answersWithinMs: number;
}

/** The members of a cluster. A runtime only places them. */
export interface Topology {
  /** In the order of their ports. */
  readonly members: readonly Member[];
  /** The replicas that stay with the first Redis server when the network parts; empty if it cannot part. */
  readonly near: readonly string[];
}

/** Stands in an address for the URL of the folder that every member sees. */
export const FOLDER = 'folder';

/**
 * Lists the members of a cluster with these settings. Pure: the same settings always give the same members.
 * `locks` says what the lease backend needs beside the values' Redis: see backends/locks. The lab's own services answer
 * `token` when they are asked who they are.
 */
export function topology(settings: Settings, locks: MutexGround | undefined, token = ''): Topology {
  const { replicas, refreshers, store, storeReplicas } = settings;
  const names = numbered('app', replicas);
  const askers = [...names, ...numbered('refresher', refreshers)];
  const redisNames = ['redis', ...numbered('redis', storeReplicas, 2)];
  const sentinels = store === 'single' ? [] : numbered('sentinel', SENTINELS);
  const lockServers = lockServersOf(locks);
  const relay = relayMember(settings, askers, token);
  const ground: Ground = {
    redis: redisNames,
    sentinels,
    locks: lockServers.map(({ name }) => name),
    relays: relay.map(({ name }) => name),
    token,
    variables: {
      ...relay[0]?.addresses,
      ORIGIN_URL: httpOf('origin'),
      REDIS_URL: sentinels.length > 0 ? sentinelUrl(sentinels) : redisOf('redis'),
      LOCK_SERVERS:
        locks?.kind === 'folder' ? `{${FOLDER}}/locks` : lockServers.map(({ url }) => url).join(','),
    },
  };
  return {
    members: [
      ...names.map((name) => askerMember('replica', name, settings, ground)),
      ...redisNames.map((name) => redisMember(name, settings)),
      originMember(settings, askers, token),
      ...lockServers,
      ...sentinels.map((name) => sentinelMember(name, redisNames)),
      ...askers.slice(replicas).map((name) => askerMember('refresher', name, settings, ground)),
      ...numbered('proxy', settings.proxies).map((name) => proxyMember(name, settings, names)),
      ...relay,
    ],
    near: storeReplicas > 0 ? names.slice(0, Math.ceil(replicas / 2)) : [],
  };
}

/**
 * Gives the replica that comes after the `there` that exist. The list of near replicas does not change. The relay has no
 * port for the new replica, which reaches Redis directly.
 */
export function nextReplica(
  settings: Settings,
  locks: MutexGround | undefined,
  there: number,
  token = '',
): Member {
  const more = { ...settings, relay: false, replicas: there + 1 };
  return topology(more, locks, token).members[there] as Member;
}

/** Lists the lock servers: `lock-1` and so on; a single one is named by its kind. */
export function lockServersOf(locks: MutexGround | undefined): Member[] {
  if (!locks || locks.kind === 'folder') return [];
  const { kind, count } = locks;
  const { urlAt, port } = LOCK_SERVERS[kind];
  const names = count === 1 ? [kind] : numbered('lock', count);
  return names.map((name) => ({
    ...plain('lock-server', name),
    kind,
    port,
    url: urlAt(`{${name}}`),
  }));
}

/** Groups the members by when they can start: each stands only on members of earlier groups. */
export function startGroups(members: readonly Member[]): readonly (readonly Member[])[] {
  const groups: Member[][] = [];
  const there = new Set<string>();
  while (there.size < members.length) {
    const group = members.filter(
      ({ name, standsOn }) => !there.has(name) && standsOn.every((one) => there.has(one)),
    );
    if (group.length === 0) throw new MemberFailed('members that stand on each other cannot be started');
    groups.push(group);
    for (const { name } of group) there.add(name);
  }
  return groups;
}

/** Lists all names of ports: each member's, and those of its further ports. */
export const portNames = (members: readonly Member[]): readonly string[] => [
  ...members.map(({ name }) => name),
  ...members.flatMap(({ ports = {} }) => Object.keys(ports)),
];

/** Replaces each `{name}` in the text by the address that `at` gives for it. */
export const resolve = (text: string, at: (name: string) => string): string =>
  text.replaceAll(/\{([\w:-]+)\}/g, (_, name) => at(name));

/** Gives all environment variables of a member. `at` gives the addresses of the others. */
export const environmentOf = (
  { environment, addresses }: Member,
  at: (name: string) => string,
): Record<string, string> => ({
  ...environment,
  ...Object.fromEntries(Object.entries(addresses).map(([name, text]) => [name, resolve(text, at)])),
});

const numbered = (prefix: string, count: number, first = 1): string[] =>
  Array.from({ length: count }, (_, index) => `${prefix}-${first + index}`);

const httpOf = (name: string) => `http://{${name}}`;
const redisOf = (name: string) => `redis://{${name}}`;
const sentinelUrl = (names: readonly string[]) =>
  `sentinel://${names.map((name) => `{${name}}`).join(',')}/${SERVICE_NAME}`;

/** A member with no environment that stands on nobody. */
const plain = (role: Role, name: string) => ({
  name,
  role,
  standsOn: [],
  environment: {},
  addresses: {},
  drainMs: 0,
});

/** What replicas and refreshers stand on. */
interface Ground {
  readonly redis: readonly string[];
  readonly sentinels: readonly string[];
  readonly locks: readonly string[];
  readonly relays: readonly string[];
  readonly token: string;
  readonly variables: Variables;
}

/** A replica or a refresher: both have the same environment. */
const askerMember = (
  role: 'replica' | 'refresher',
  name: string,
  settings: Settings,
  { redis, sentinels, locks, relays, token, variables }: Ground,
): Member => ({
  ...plain(role, name),
  port: 8001,
  url: httpOf(name),
  standsOn: ['origin', ...redis, ...sentinels, ...locks, ...relays],
  environment: { ...appEnvironment(settings), RUN_TOKEN: token },
  addresses: variables,
  drainMs: drainMsFor(settings),
  ...((settings.app !== null || settings.image !== null) && {
    own: {
      ...(settings.app !== null && { command: settings.app }),
      ...(settings.image !== null && { image: settings.image }),
      asking: askingOf(settings),
      answersWithinMs: answersWithinMs(settings),
    },
  }),
});

const originMember = (settings: Settings, askers: readonly string[], token: string): Member => ({
  ...plain('origin', 'origin'),
  port: 9000,
  url: httpOf('origin'),
  environment: { ...originEnvironment(settings, askers), RUN_TOKEN: token },
});

/** `redis` is the primary that the others replicate. */
const redisMember = (name: string, { minReplicas }: Settings): Member => ({
  ...plain(name === 'redis' ? 'redis' : 'redis-replica', name),
  port: 6379,
  url: redisOf(name),
  environment: { MIN_REPLICAS: `${minReplicas}` },
  ...(name !== 'redis' && { standsOn: ['redis'], addresses: { REPLICA_OF: '{redis}' } }),
});

/** A Sentinel starts after all Redis servers, since it must find each of them. */
const sentinelMember = (name: string, redis: readonly string[]): Member => ({
  ...plain('sentinel', name),
  port: SENTINEL_PORT,
  url: redisOf(name),
  standsOn: redis,
  addresses: { MONITORED: '{redis}' },
});

/** The relay, if there is one. It has a port per member, and listens on where the members find them. */
function relayMember(settings: Settings, askers: readonly string[], token: string): readonly Member[] {
  const { relay, store, ablate } = settings;
  if (!relay) return [];
  if (store !== 'single')
    throw new MemberFailed(`there is no relay in front of STORE=${store}, only of STORE=single`);
  const routes = askers.map((name) => ({ name, port: `relay:${name}` }));
  return [
    {
      ...plain('relay', 'relay'),
      port: 9100,
      ports: Object.fromEntries(routes.map(({ port }, index) => [port, 7001 + index])),
      url: httpOf('relay'),
      standsOn: ['redis'],
      environment: { ...variablesFor('relay', settings), RUN_TOKEN: token, ABLATE: ablate ?? 'none' },
      addresses: {
        REDIS_URL: redisOf('redis'),
        REDIS_ROUTES: routes.map(({ name, port }) => `${name}={${port}}`).join(','),
      },
    },
  ];
}

const proxyMember = (
  name: string,
  { proxy, proxyGraceMs }: Settings,
  replicas: readonly string[],
): Member => ({
  ...plain('proxy', name),
  ...(proxy !== null && { kind: proxy }),
  port: 8080,
  url: httpOf(name),
  standsOn: replicas,
  environment: { PROXY_GRACE_MS: `${proxyGraceMs}` },
});
