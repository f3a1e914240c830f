import { setImmediate as turn } from 'node:timers/promises';
import type { Scheduler } from 'fast-check';

/** More steps than any run needs that makes progress. */
const TOO_MANY = 5000;

/**
 * Runs everything that happens one step at a time, in an order that fast-check decides. Between two steps whatever was
 * sent to Redis has been answered, and the answer waits for a step of its own: so the order alone decides the run.
 */
export class Steps {
  /** How many steps there have been. */
  taken = 0;
  readonly #scheduler: Scheduler;
  /** Resolves once everything that Redis has published so far has come in. */
  readonly #heard: () => Promise<unknown>;
  readonly #paused = new Map<number, number>();
  #resume = Promise.withResolvers<void>();
  #flying = 0;
  #mayPublish = false;

  constructor(scheduler: Scheduler, heard: () => Promise<unknown>) {
    this.#scheduler = scheduler;
    this.#heard = heard;
  }

  /** Resolves when it is this step's turn, which never comes while its replica is paused. */
  async step(label: string, replica: number): Promise<void> {
    do {
      while (this.#isPaused(replica)) await this.#resume.promise;
      await this.#scheduler.schedule(Promise.resolve(), `r${replica} ${label}`);
    } while (this.#isPaused(replica));
  }

  /** A call of a replica is two steps: it reaches the other side, and its answer comes back. */
  async call<T>(label: string, replica: number, arrives: () => Promise<T>): Promise<T> {
    await this.step(`${label} →`, replica);
    this.#mayPublish ||= label === 'commit' || label === 'release';
    const [outcome] = await Promise.allSettled([this.outside(arrives())]);
    await this.step(`${label} ←`, replica);
    if (outcome.status === 'rejected') throw outcome.reason;
    return outcome.value;
  }

  /** Something real under way, which the next step waits for. */
  async outside<T>(underWay: Promise<T>): Promise<T> {
    this.#flying += 1;
    try {
      return await underWay;
    } finally {
      this.#flying -= 1;
    }
  }

  pause(replica: number, steps: number) {
    this.#paused.set(replica, this.taken + steps);
  }

  /** Takes steps until `done` is settled; `between` may disturb the world before each, and says if it did. */
  async take(done: Promise<unknown>, between: () => Promise<boolean>): Promise<void> {
    const end = { reached: false };
    done.finally(() => Object.assign(end, { reached: true })).catch(() => {});
    for (await this.#quiet(); !end.reached; await this.#quiet()) {
      if (++this.taken > TOO_MANY) throw new Error('it goes on and on');
      this.#mayPublish = await between();
      this.#wakePaused();
      await this.#quiet();
      if (this.#scheduler.count() === 0) throw new Error('somebody waits for something that never comes');
      await this.#scheduler.waitOne();
    }
    await done;
  }

  #isPaused = (replica: number) => (this.#paused.get(replica) ?? 0) > this.taken;

  /** Time passes for the paused too; if nobody else has anything to do, at once. */
  #wakePaused() {
    if (this.#scheduler.count() === 0) this.#paused.clear();
    this.#resume.resolve();
    this.#resume = Promise.withResolvers();
  }

  async #quiet() {
    do await turn();
    while (this.#flying > 0);
    if (!this.#mayPublish) return;
    this.#mayPublish = false;
    await this.#heard();
    await turn();
  }
}
