import type { Setting } from '../strategies/contract/index.ts';

/** What the replicas say to caches in front of them; anything but `right` is a mistake to show. */
export const appHeaders = ['right', 'no-store', 'no-max-age'] as const;
export type AppHeaders = (typeof appHeaders)[number];

/** One run's settings: durations in ms, rates a second. It is `config` in result.json. */
export interface Settings extends Setting {
  readonly strategy: string;
  /** What was asked for; on auto the machine decides. */
  readonly runtime: 'auto' | 'local' | 'compose';
  /** Redis as one server, or as a primary with `storeReplicas` replicas and three Sentinels. */
  readonly store: 'single' | 'sentinel';
  readonly storeReplicas: number;
  /** `min-replicas-to-write` of every Redis server. */
  readonly minReplicas: number;
  /** Redis replicas that must have a grant before it counts. */
  readonly waitReplicas: number;
  /** Processes that refresh outside of the requests; none where the strategy has no use for them. */
  readonly refreshers: number;
  readonly expiries: number;
  /** One of the registry in backends/locks, or `redis`. */
  readonly leaseBackend: string;
  readonly backoffMs: number;
  readonly recomputeJitter: number;
  /** The share of the TTL by which each write draws its own longer or shorter. */
  readonly ttlJitter: number;
  readonly originCapacity: number;
  readonly seed: number;
  readonly port: number;
  readonly key: string;
  /** What befalls the cluster; null: nothing. */
  readonly fault: string | null;
  /** The guard taken out of the strategy; null: none. */
  readonly ablate: string | null;
  /** What stands in front of the replicas, and how many of it; null and 0: nothing. */
  readonly proxy: string | null;
  readonly proxies: number;
  /** How long past its time a proxy may serve a value while it fetches a new one. */
  readonly proxyGraceMs: number;
  readonly appHeaders: AppHeaders;
}
