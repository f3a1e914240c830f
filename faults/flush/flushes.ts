import type { FaultEvent } from '../../record/fault-events.ts';
import type { StoreMs, WallMs } from '../../strategies/contract/index.ts';

/**
 * What the lab notes of each flush: when, by the store's clock (`storeAt`), how many keys of the herd's key there were
 * (`keys`), and how many of any kind it left (`left`). Which keys a service of the user's own has nobody knows, so there all count.
 */
export const FLUSHED = 'flushed';

/** The first flush takes a fresh value, the second one everything that a fill under way relies on. */
export const FLUSHES = 2;

export interface Flush {
  readonly atStoreMs: StoreMs;
  /** Just after it. */
  readonly atWallMs: WallMs;
  readonly keys: number;
  readonly left: number;
}

/** Lists the flushes that the lab has noted, in their order. */
export const flushesIn = (events: readonly { readonly event: string }[]): Flush[] =>
  events
    .filter((event): event is FaultEvent => event.event === 'fault')
    .flatMap(({ at, what, details }) =>
      what === FLUSHED && details
        ? [
            {
              ...{ atStoreMs: Number(details.storeAt), atWallMs: at },
              ...{ keys: Number(details.keys), left: Number(details.left) },
            },
          ]
        : [],
    );
