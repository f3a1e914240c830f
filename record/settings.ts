import type { Workload } from '../strategies/contract/index.ts';
import { points } from './fault-events.ts';
import {
  choice,
  duration,
  everyService,
  inGroup,
  member,
  NONE,
  number,
  onOff,
  optionalChoice,
  optionalDuration,
  optionalOneOf,
  optionalPair,
  optionalText,
  origin,
  registryChoice,
  type Service,
  text,
  whole,
} from './parameter.ts';

/** The replicas' caching headers. All but `right` are mistakes, to show what they do. */
export const appHeaders = ['right', 'no-store', 'no-max-age'] as const;
export type AppHeaders = (typeof appHeaders)[number];

const HOUR_MS = 3_600_000;

/** How long a member waits for the store's answer to a command, unless its environment says otherwise. */
export const STORE_TIMEOUT_MS = 500;

/**
 * Every setting of a run, by its field: its parameter, default, range, and the variable of the services that read it.
 * `lab/parameters` reads the command line by this table, and services their environment. No default is written elsewhere.
 */
export const SETTINGS = {
  ...inGroup('The strategy', {
    strategy: registryChoice('STRATEGY', 'lock', 'how the replicas guard the hot key', member('STRATEGY')),
    leaseMs: duration(
      'LEASE',
      1000,
      [100, 600_000],
      'how long a lock lasts unless its holder renews it',
      member('LEASE_MS'),
    ),
    leaseBackend: registryChoice(
      'LEASE_BACKEND',
      'redis',
      'what the lock is made of',
      member('LEASE_BACKEND'),
    ),
    beta: number('BETA', 1, [0.1, 10], 'xfetch: above 1 it recomputes earlier', member('BETA')),
    singleFlight: onOff(
      'SINGLE_FLIGHT',
      true,
      'whether callers in one replica share a recompute',
      member('SINGLE_FLIGHT'),
    ),
    backoffMs: duration(
      'BACKOFF',
      500,
      [10, 60_000],
      'how long the fleet spares a failing origin',
      member('BACKOFF_MS'),
    ),
    /** Processes that refresh outside of the requests; none if the strategy needs none. */
    refreshers: whole('REFRESHERS', 2, [1, 16], 'refresh-ahead: processes that refresh'),
    refreshIntervalMs: duration(
      'REFRESH_INTERVAL',
      500,
      [50, HOUR_MS],
      'refresh-ahead: how often each one looks',
      member('REFRESH_INTERVAL_MS'),
    ),
  }),
  ...inGroup('The key and its origin', {
    ttlMs: duration('TTL', 3000, [100, HOUR_MS], 'how long a value is fresh', member('TTL_MS')),
    /** Each write draws its TTL from the TTL · (1 ± this share). */
    ttlJitter: number(
      'TTL_JITTER',
      0,
      [0, 0.9],
      'random part of the TTL; make jitter: 0.1',
      member('TTL_JITTER'),
    ),
    graceMs: duration(
      'GRACE',
      30_000,
      [0, HOUR_MS],
      'how long a stale value is kept, for a failing origin',
      member('GRACE_MS'),
    ),
    recomputeMs: duration(
      'RECOMPUTE',
      200,
      [0, 60_000],
      'how long the origin takes to compute a value',
      origin('RECOMPUTE_MS'),
    ),
    recomputeJitter: number(
      'RECOMPUTE_JITTER',
      0,
      [0, 1],
      'random part of RECOMPUTE',
      origin('RECOMPUTE_JITTER'),
    ),
    /** As many as a database pool has connections. */
    originCapacity: whole(
      'ORIGIN_CAPACITY',
      20,
      [0, 10_000],
      'recomputes the origin runs at once; 0: no limit; make jitter: 0',
      origin('CAPACITY'),
    ),
    /** See {@link originTimeoutMsFor}. */
    originTimeoutMs: duration(
      'ORIGIN_TIMEOUT',
      10_000,
      [100, 600_000],
      'how long the origin may take to answer; at least 2 RECOMPUTE',
      member('ORIGIN_TIMEOUT_MS'),
    ),
  }),
  ...inGroup('The load', {
    replicas: whole('REPLICAS', 4, [1, 64], 'app processes that serve the key'),
    ratePerSecond: whole('RATE', 1000, [1, 5000], 'requests a second, over all replicas'),
    expiries: whole('EXPIRIES', 10, [1, 10_000], 'expiries to judge, after one to warm up'),
    /** How often the lab invalidates the key, on average; null: never. */
    invalidateMs: optionalDuration(
      'INVALIDATE',
      [100, HOUR_MS],
      'about how often the key is invalidated meanwhile',
    ),
  }),
  ...inGroup('Redis', {
    /** One Redis server, or a primary with `storeReplicas` replicas and three Sentinels. */
    store: choice(
      'STORE',
      'single',
      ['single', 'sentinel'],
      'one Redis, or a primary with replicas and Sentinels',
    ),
    storeReplicas: whole('STORE_REPLICAS', 1, [1, 3], 'STORE=sentinel: Redis replicas'),
    /** `min-replicas-to-write` of every Redis server. */
    minReplicas: whole('MIN_REPLICAS', 0, [0, 3], 'Redis replicas without which writes are refused'),
    waitReplicas: whole(
      'WAIT',
      0,
      [0, 3],
      'Redis replicas that must know of a lock first',
      member('WAIT_REPLICAS'),
    ),
    waitFor: choice(
      'WAIT_FOR',
      'locks',
      ['locks', 'all'],
      'what waits for them: locks, or values and invalidations too',
      member('WAIT_FOR'),
    ),
  }),
  ...inGroup('A proxy in front', {
    proxy: optionalChoice('PROXY', 'a caching proxy in front of the replicas'),
    proxies: whole('PROXIES', 1, [1, 2], 'how many of it'),
    /** How long past its TTL a proxy may serve a value while it fetches a new one. */
    proxyGraceMs: duration(
      'PROXY_GRACE',
      0,
      [0, HOUR_MS],
      'its stale-while-revalidate, in whole seconds',
      member('PROXY_GRACE_MS'),
    ),
    appHeaders: choice(
      'APP_HEADERS',
      'right',
      appHeaders,
      'cache headers that the replicas send it',
      member('APP_HEADERS'),
    ),
  }),
  ...inGroup('Your own service', {
    app: optionalText('APP', 'a command', 'a command that starts one replica of your service'),
    image: optionalText('IMAGE', 'an image', 'a container image of your service'),
    target: optionalText(
      'TARGET',
      'up, or URLs separated by commas',
      'URLs of your service, which runs already; up: with FAULT, break the cluster of make up',
    ),
    /** What your service promises; see `record/foreign/promises.ts`. */
    claim: optionalText('CLAIM', 'promises separated by blanks', 'what your service promises'),
    keyPath: text('KEY_PATH', '/keys/:key', 'a path with :key', 'where your service serves a key'),
    /** See `record/foreign/asking.ts`. */
    headers: optionalText(
      'HEADERS',
      'Name: value, separated by semicolons',
      'headers of each request to your service',
    ),
    versionAt: text(
      'VERSION_AT',
      '/version',
      'a JSON pointer, or header:Name',
      "where your service's answer has the version",
    ),
  }),
  ...inGroup('What breaks', {
    fault: optionalPair('FAULT', 'what breaks during the run'),
    at: optionalOneOf('AT', points, "where in the lease holder's work the fault strikes"),
    /** The mutant: what is wrong with the members on purpose. */
    ablate: optionalChoice('ABLATE', 'a guard to take out, or a line to change', member('ABLATE')),
  }),
  ...inGroup('The run', {
    /** The runtime that was asked for. With `auto` the machine decides. */
    runtime: choice(
      'RUNTIME',
      'auto',
      ['auto', 'local', 'compose'],
      'processes or containers; auto: as the machine has it',
    ),
    port: whole('PORT', 0, [0, 65_000], 'first of the ports to use; 0: any free ones'),
    seed: whole('SEED', 1, [0, 2 ** 32 - 1], 'seed of everything random', everyService('SEED')),
  }),
};

type Field = keyof typeof SETTINGS;
type OfTable = { readonly [F in Field]: (typeof SETTINGS)[F]['preset'] };

/**
 * One run's settings: durations in ms, rates per second. `config` in result.json. `storeReplicas`, `refreshers` and
 * `proxies` are 0 if the run has none.
 */
export interface Settings extends Workload, OfTable {
  readonly key: string;
  /** Whether the members reach Redis through a relay. Only a run whose fault needs one has it. */
  readonly relay: boolean;
}

/** Gives how long a member waits for the origin's answer: as long as it is told, but at least for two recomputes. */
export const originTimeoutMsFor = ({
  originTimeoutMs,
  recomputeMs,
  recomputeJitter,
}: Pick<Settings, 'originTimeoutMs' | 'recomputeMs' | 'recomputeJitter'>): number =>
  Math.max(originTimeoutMs, Math.ceil(2 * recomputeMs * (1 + recomputeJitter)));

/** Writes a value for a service's variable: `none` for nothing, `on` or `off`, durations in ms. */
export const settingText = (value: string | number | boolean | null): string => {
  if (typeof value === 'boolean') return value ? 'on' : 'off';
  return `${value ?? NONE}`;
};

/** Gives a service's environment variables for these settings. */
export const variablesFor = (service: Service, settings: OfTable): Record<string, string> =>
  Object.fromEntries(
    Object.entries(SETTINGS).flatMap(([field, { variable }]) => {
      const services: readonly Service[] = variable?.services ?? [];
      return variable && services.includes(service)
        ? [[variable.name, settingText(settings[field as Field])]]
        : [];
    }),
  );
