import type { Stalled } from '../record/facts.ts';
import { MOST_STALLS } from '../record/run.ts';

/** Keeps the longest of any number of stalls. */
export class LongestStalls {
  #kept: Stalled[] = [];

  add(stall: Stalled): void {
    this.#kept.push(stall);
    if (this.#kept.length >= 2 * MOST_STALLS) this.#dropShort();
  }

  /** Gives the longest, at most {@link MOST_STALLS}, by their time. */
  inOrder(): Stalled[] {
    this.#dropShort();
    return this.#kept.toSorted((a, b) => a.at - b.at);
  }

  #dropShort(): void {
    this.#kept = this.#kept.toSorted((a, b) => b.forMs - a.forMs).slice(0, MOST_STALLS);
  }
}
