import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Parts } from '../../strategies/contract/index.ts';

/** What a replica has begun and must not leave half done, whether or not a caller still waits for it. */
export class UnderWay {
  readonly #steps = new Set<Promise<unknown>>();

  /** Counts a step in until it has ended. */
  during<T>(step: Promise<T>): Promise<T> {
    const ended = () => this.#steps.delete(step);
    this.#steps.add(step);
    step.then(ended, ended);
    return step;
  }

  /** Resolves once nothing is under way. */
  async settled(): Promise<void> {
    while (this.#steps.size > 0) {
      await Promise.allSettled(this.#steps);
      // The next step of a flight begins in the same turn in which the one before ended.
      await nextTurn();
    }
  }
}

type Leavable<V> = Pick<Parts<V>, 'cache' | 'lease' | 'origin'>;

/** The same parts, every step counted that leads to a lease, to a value, or out of either. */
export function countedIn<V>({ cache, lease, origin }: Leavable<V>, underWay: UnderWay): Leavable<V> {
  return {
    cache: { ...cache, commit: (...write) => underWay.during(cache.commit(...write)) },
    lease: {
      ...lease,
      acquire: (...wanted) => underWay.during(lease.acquire(...wanted)),
      release: (...held) => underWay.during(lease.release(...held)),
    },
    origin: { recompute: (...asked) => underWay.during(origin.recompute(...asked)) },
  };
}
