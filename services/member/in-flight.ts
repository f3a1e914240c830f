import { setImmediate as nextTurn } from 'node:timers/promises';

/** What a process has begun and must not leave half done, whether or not a caller still waits for it. */
export class InFlight {
  readonly #steps = new Set<Promise<unknown>>();

  /** Counts a step until it has ended. Gives the step back. */
  track = <T>(step: Promise<T>): Promise<T> => {
    const ended = () => this.#steps.delete(step);
    this.#steps.add(step);
    step.then(ended, ended);
    return step;
  };

  /** Resolves once nothing is in flight. */
  async settled(): Promise<void> {
    while (this.#steps.size > 0) {
      await Promise.allSettled(this.#steps);
      // The next step of a flight begins in the same turn in which the one before ended.
      await nextTurn();
    }
  }
}
