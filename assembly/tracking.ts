import type { Parts } from '../strategies/contract/index.ts';

/** Tracks a step until it has ended. Gives the step back. */
export type Track = <T>(step: Promise<T>) => Promise<T>;

type Trackable<V> = Pick<Parts<V>, 'cache' | 'lease' | 'origin'>;

/** Wraps the parts so that `track` gets every step that a process must not leave half done: those on leases and values. */
export const withTracking = <V>({ cache, lease, origin }: Trackable<V>, track: Track): Trackable<V> => ({
  cache: { ...cache, commit: (...write) => track(cache.commit(...write)) },
  lease: {
    ...lease,
    acquire: (...wanted) => track(lease.acquire(...wanted)),
    release: (...held) => track(lease.release(...held)),
  },
  origin: { recompute: (...call) => track(origin.recompute(...call)) },
});
