import type { Parts } from '../strategies/contract/index.ts';

/** Keeps count of a step until it has ended. Gives the step back. */
export type Track = <T>(step: Promise<T>) => Promise<T>;

type Trackable<V> = Pick<Parts<V>, 'cache' | 'lease' | 'origin'>;

/** Tracks every step that leads to a lease, to a value, or out of either: what a process must not leave half done. */
export const withTracking = <V>({ cache, lease, origin }: Trackable<V>, track: Track): Trackable<V> => ({
  cache: { ...cache, commit: (...write) => track(cache.commit(...write)) },
  lease: {
    ...lease,
    acquire: (...wanted) => track(lease.acquire(...wanted)),
    release: (...held) => track(lease.release(...held)),
  },
  origin: { recompute: (...call) => track(origin.recompute(...call)) },
});
