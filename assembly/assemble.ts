import type { Cache, Definition, Parts, Refresher, Strategy } from '../strategies/contract/index.ts';
import { withDegradedMode } from '../strategies/shared/degraded.ts';
import { LeaseHealth } from '../strategies/shared/lease-health.ts';
import { RecomputeCap } from '../strategies/shared/recompute-cap.ts';
import { withCheckedInvalidations, withCheckedKeys } from './checked-keys.ts';
import { withKeyedErrors } from './keyed-errors.ts';
import { operationNumbers, withObservedCache, withObservedDemand, withObservedOrigin } from './observed.ts';
import { withObservedLease } from './observed-lease.ts';
import type { Observer } from './observer.ts';
import { withSharedReads } from './shared-reads.ts';
import { type Track, withTracking } from './tracking.ts';

export interface AssemblyOptions<V> {
  /** Sees everything that the layers do. */
  readonly observer: Observer;
  /** Numbers the operations that the observer sees. Default: from 1 on. */
  readonly nextOp?: () => number;
  /** Tracks what must not be left half done. */
  readonly track: Track;
  /** Makes the cache's writes end the lease, for a lease that they do not end by themselves. */
  readonly withEndingCommits?: (cache: Cache<V>) => Cache<V>;
}

/** A strategy, with everything that it stands on. */
export interface Assembled<V> {
  /** What the strategy stands on, with every layer around it. */
  readonly parts: Parts<V>;
  readonly strategy: Strategy<V>;
  /** For a strategy whose values are refreshed by processes of their own. */
  readonly refresher: Refresher | undefined;
}

type Layer<V> = (parts: Parts<V>) => Parts<V>;

/**
 * Assembles a strategy. `ports` are the bare store, lease, origin and clock. The layers wrap them in this order, the first
 * closest to the store. Nothing here knows Redis, HTTP or a metric: a replica, a library and a simulation assemble the same
 * stack.
 */
export function assemble<V>(
  definition: Definition,
  ports: Parts<V>,
  { observer, nextOp = operationNumbers(), track, withEndingCommits = (cache) => cache }: AssemblyOptions<V>,
): Assembled<V> {
  const leaseHealth = new LeaseHealth(ports.clock, ports.options);
  const cap = new RecomputeCap(ports.clock, ports.options);
  const layers: readonly Layer<V>[] = [
    // Sees each command on its own, before any are shared.
    (parts) => ({
      ...parts,
      cache: withObservedCache(parts.cache, observer, nextOp),
      lease: withObservedLease(parts.lease, observer, parts.clock),
      origin: withObservedOrigin(parts.origin, observer, nextOp),
      demand: withObservedDemand(parts.demand, observer),
    }),
    // Ends another system's lease with the write that it was taken for.
    (parts) => ({ ...parts, cache: withEndingCommits(parts.cache) }),
    // Lets callers of one process share a read, but never one that is older than their call.
    (parts) => ({ ...parts, cache: withSharedReads(parts.cache) }),
    // Leaves a lease alone for a while that could not be had.
    (parts) => ({ ...parts, lease: leaseHealth.guard(parts.lease) }),
    // Refuses to invalidate what is no key.
    (parts) => ({ ...parts, cache: withCheckedInvalidations(parts.cache) }),
    // Bounds how many keys are recomputed at once.
    (parts) => ({ ...parts, origin: cap.guard(parts.origin) }),
    // Tracks what is in flight, so that a stopped process leaves nothing half done.
    (parts) => ({ ...parts, ...withTracking(parts, track) }),
  ];
  const parts = layers.reduce((inner, layer) => layer(inner), ports);
  return {
    parts,
    strategy: withCheckedKeys(withKeyedErrors(withDegradedMode(definition.create(parts), parts, cap))),
    refresher: definition.refresher?.(parts),
  };
}
