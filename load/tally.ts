import type { Arrival } from '../record/arrival.ts';

/** What became of the arrivals that have ended since the last look. */
export interface Tally {
  readonly ok: number;
  /** Answers that are errors, and requests that got none. */
  readonly failed: number;
  /** Arrivals that found no connection free. */
  readonly unsent: number;
  /** Of the answers, from the moment they were due; null if there was none. */
  readonly p50Ms: number | null;
  readonly p99Ms: number | null;
}

/** More than a second's worth of answers at any rate. Of what comes beyond it, only the number is kept. */
const MOST_TIMES = 20_000;

/** Counts arrivals, and forgets them with each look. */
export class Tallying {
  #ok = 0;
  #failed = 0;
  #unsent = 0;
  #timesMs: number[] = [];

  add({ ending, dueAt, endedAt = dueAt }: Arrival): void {
    if (ending === 'unsent') this.#unsent += 1;
    else if (ending !== 'ok') this.#failed += 1;
    else {
      this.#ok += 1;
      if (this.#timesMs.length < MOST_TIMES) this.#timesMs.push(endedAt - dueAt);
    }
  }

  take(): Tally {
    const times = this.#timesMs.sort((a, b) => a - b);
    const at = (share: number) => times[Math.ceil(share * times.length) - 1] ?? null;
    const taken = {
      ok: this.#ok,
      failed: this.#failed,
      unsent: this.#unsent,
      p50Ms: at(0.5),
      p99Ms: at(0.99),
    };
    [this.#ok, this.#failed, this.#unsent, this.#timesMs] = [0, 0, 0, []];
    return taken;
  }
}
