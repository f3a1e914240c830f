import { setImmediate as nextTurn } from 'node:timers/promises';

/** The steps that a process must not leave half done, whether or not a caller still waits for them. */
export class InFlight {
  readonly #steps = new Set<Promise<unknown>>();

  /** Tracks a step until it has ended. Gives the step back. */
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
      // A flight's next step begins in the turn in which the last one ended.
      await nextTurn();
    }
  }
}
