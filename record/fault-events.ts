import type { StoreMs, WallMs } from '../strategies/contract/index.ts';

/** What the lab did to the cluster: a step of a fault, or an invalidation. */
export interface FaultEvent {
  readonly at: WallMs;
  readonly by: 'lab';
  readonly event: 'fault';
  readonly fault: string;
  /**
   * `planned`: before the blow. `injected`: the damage is done. `noted`: something happened that the judge must know; `what`
   * says what.
   */
  readonly phase: 'planned' | 'injected' | 'noted' | 'healed';
  readonly victim: string;
  /** The fence of the grant that the victim held. */
  readonly fence?: number;
  /** The process whose lease it was. */
  readonly holder?: string;
  /** The replicas that stayed with the victim when the network was cut. */
  readonly near?: readonly string[];
  readonly what?: string;
  readonly details?: FaultDetails;
}

/**
 * What the lab notes of an invalidation once its call of a replica, the `victim`, has ended. Without it an invalidation is
 * nobody's wish. In the details, `askedAt` is when the call was sent, in wall time, and `outcome` is `ok` or `unknown`:
 * without an acknowledgement, nobody knows whether the key was invalidated.
 */
export const INVALIDATED_BY_LAB = 'invalidate';

/** What the lab notes when it has made the stored value unreadable: how (`as`), and when by the store's clock (`storeAt`). */
export const CORRUPTED = 'corrupted';

/** A moment at which the lab made the stored value unreadable, and how. */
export interface Corruption {
  readonly as: string;
  readonly atStoreMs: StoreMs;
}

/** Lists the corruptions that the lab has noted, in their order. */
export const corruptionsIn = (events: readonly { readonly event: string }[]): Corruption[] =>
  events
    .filter((event): event is FaultEvent => event.event === 'fault')
    .flatMap(({ what, details }) =>
      what === CORRUPTED && details ? [{ as: `${details.as}`, atStoreMs: Number(details.storeAt) }] : [],
    );

export type FaultDetails = Readonly<Record<string, string | number>>;

/**
 * The moments in a lease holder's work at which a fault may strike, in their order. `granted`: the store has granted the
 * lease, and the reply is on its way. `recomputing`: the origin has begun. `committing`: the write is on its way to the
 * store. `committed`: the store has the value, and the reply is on its way.
 */
export const points = ['granted', 'recomputing', 'committing', 'committed'] as const;

export type Point = (typeof points)[number];

/** Where a fault strikes unless it is told. */
export const DEFAULT_POINT: Point = 'recomputing';

/** Tells whether a fault can strike there only with a relay, which holds what is on its way. */
export const needsRelay = (point: Point | null): boolean => point !== null && point !== DEFAULT_POINT;
