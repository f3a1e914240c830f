import type { Settings } from '../../record/settings.ts';
import type { Member } from '../cluster.ts';
import { addressOfLocks, grantsLocks, lockServersOf } from '../lock-servers.ts';
import { isInSync, knowsEverybody, NAME, SENTINELS } from '../sentinel.ts';
import { serves } from '../serves.ts';

const HOST = '127.0.0.1';

/** A service of compose.yaml that has one container. */
export interface Service {
  readonly name: Member;
  /** Its own port, inside. */
  readonly port: number;
  /** Its address for whoever reaches it at this host and port. */
  address(host: string, port: number): string;
  /** Whether it serves at this address. Throws where nobody answers. */
  ready(url: string): Promise<boolean>;
}

/** What of compose.yaml a run stands on, beside the replicas and the boards. */
export interface Services {
  /** What to start, one group after the other. */
  readonly groups: readonly (readonly Service[])[];
  /** The servers that hold values, the primary first. */
  readonly redis: readonly Service[];
  readonly locks: readonly Service[];
  /** Started last: they ask the replicas. */
  readonly proxies: readonly Service[];
  /** What the replicas are told of them. */
  readonly environment: Readonly<Record<string, string>>;
  /** What compose.yaml is told of them. */
  readonly variables: Readonly<Record<string, string>>;
}

const redisAddress = (host: string, port: number) => `redis://${host}:${port}`;
const httpAddress = (host: string, port: number) => `http://${host}:${port}`;
const redisService = (name: Member, ready = serves): Service => ({
  name,
  port: 6379,
  address: redisAddress,
  ready,
});

export const ORIGIN: Service = { name: 'origin', port: 9000, address: httpAddress, ready: serves };
/** Any of the replicas, or of the refreshers. */
export const replicaService = (name: Member): Service => ({
  name,
  port: 8001,
  address: httpAddress,
  ready: serves,
});

const inside = ({ name, port, address }: Service): string => address(name, port);

/** The services that these settings need. */
export function servicesFor(settings: Settings): Services {
  const { store, storeReplicas, minReplicas, waitReplicas, leaseBackend } = settings;
  const primary = redisService('redis');
  const replicas = Array.from({ length: storeReplicas }, (_, index) =>
    redisService(`redis-${index + 2}`, isInSync),
  );
  const sentinels = Array.from({ length: store === 'single' ? 0 : SENTINELS }, (_, index) => ({
    ...redisService(`sentinel-${index + 1}`, (url) => knowsEverybody(url, storeReplicas)),
    port: 26379,
  }));
  const locks = lockServices(settings);
  const announcedBy = sentinels.map(({ name, port }) => `${name}:${port}`).join(',');
  return {
    groups: [[primary, ORIGIN, ...locks], replicas, sentinels].filter(({ length }) => length > 0),
    redis: [primary, ...replicas],
    locks,
    proxies: proxyServices(settings),
    environment: {
      ORIGIN_URL: inside(ORIGIN),
      REDIS_URL: store === 'single' ? inside(primary) : `sentinel://${announcedBy}/${NAME}`,
      WAIT_REPLICAS: `${waitReplicas}`,
      LEASE_BACKEND: leaseBackend,
      // A folder: in the run's, which every replica has.
      LOCK_SERVERS: leaseBackend === 'file' ? 'file:///data/locks' : locks.map(inside).join(','),
    },
    variables: { MIN_REPLICAS: `${minReplicas}` },
  };
}

function lockServices({ leaseBackend }: Settings): Service[] {
  const { kind, count = 0 } = lockServersOf(leaseBackend) ?? {};
  if (!kind || kind === 'folder') return [];
  const port = { redis: 6379, postgres: 5432, mariadb: 3306, memcached: 11211 }[kind];
  return Array.from({ length: count }, (_, index) => ({
    name: kind === 'redis' ? `lock-${index + 1}` : kind,
    port,
    address: (host: string, at: number) => addressOfLocks(kind, at, host),
    ready: (url: string) => grantsLocks(kind, url),
  }));
}

const proxyServices = ({ proxies }: Settings): Service[] =>
  Array.from({ length: proxies }, (_, index) => ({
    name: `proxy-${index + 1}`,
    port: 8080,
    address: httpAddress,
    ready: serves,
  }));

/** Where this machine reaches it, at its published port. */
export const published = ({ address }: Service, port: number): string => address(HOST, port);

/** The variable by which compose.yaml is told on which port to publish it: `REDIS_2_PORT`. */
export const portVariable = ({ name }: Service): string => `${name.toUpperCase().replaceAll('-', '_')}_PORT`;
