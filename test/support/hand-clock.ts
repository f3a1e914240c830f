import { setImmediate as turn } from 'node:timers/promises';
import type { Clock } from '../../strategies/contract/index.ts';

interface Timer {
  readonly fire: () => void;
  readonly everyMs: number | undefined;
  at: number;
}

/** A clock that goes only when it is told to. */
export class HandClock implements Clock {
  #now = 0;
  readonly #timers = new Set<Timer>();

  now = () => this.#now;

  sleep = (ms: number, signal?: AbortSignal) =>
    new Promise<void>((resolve, reject) => {
      if (signal?.aborted) return reject(signal.reason);
      const stop = this.after(ms, resolve);
      signal?.addEventListener('abort', () => {
        stop();
        reject(signal.reason);
      });
    });

  after = (ms: number, fire: () => void) => {
    const timer: Timer = { fire, everyMs: undefined, at: this.#now + ms };
    this.#timers.add(timer);
    return () => void this.#timers.delete(timer);
  };

  every = (ms: number, tick: () => void) => {
    const timer: Timer = { fire: tick, everyMs: ms, at: this.#now + ms };
    this.#timers.add(timer);
    return () => void this.#timers.delete(timer);
  };

  get timers() {
    return this.#timers.size;
  }

  /** Lets time pass, timer by timer in their order, with a turn of the event loop after each. */
  async advance(ms: number): Promise<void> {
    const end = this.#now + ms;
    for (let due = this.#nextDue(end); due; due = this.#nextDue(end)) {
      this.#now = due.at;
      if (due.everyMs === undefined) this.#timers.delete(due);
      else due.at += due.everyMs;
      due.fire();
      await turn();
    }
    this.#now = end;
    await turn();
  }

  #nextDue(end: number): Timer | undefined {
    const due = [...this.#timers].filter((timer) => timer.at <= end);
    return due.sort((one, other) => one.at - other.at)[0];
  }
}
