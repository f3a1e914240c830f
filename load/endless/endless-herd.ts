import type { Arrival } from '../../record/arrival.ts';
import { type Herd, type HerdOptions, startHerd } from '../herd.ts';
import type { Target } from '../target.ts';

/** How many arrivals ended in which way. An unsent one found no connection free. */
export type Counts = Record<Arrival['ending'], number>;

const NONE: Readonly<Counts> = { ok: 0, error: 0, timeout: 0, unsent: 0 };

/** What is behind an endless herd. */
export interface Ground {
  /** Gives the replicas that are ready now. */
  readonly find: () => Promise<readonly Target[]>;
  /** Gets the names of the targets each time they are others than before. */
  readonly onTargets: (names: readonly string[]) => void;
}

/**
 * A herd without an end, on whatever replicas are ready. It keeps no arrival, only counts. Without replicas it rests.
 */
export class EndlessHerd {
  readonly #options: Omit<HerdOptions, 'targets'>;
  readonly #ground: Ground;
  #herd: Herd | undefined;
  #names = '';
  #counts: Counts = { ...NONE };
  #answeredAtMs = Number.NEGATIVE_INFINITY;

  constructor(options: Omit<HerdOptions, 'targets'>, ground: Ground) {
    this.#options = options;
    this.#ground = ground;
  }

  /** Looks for the replicas, and shares the load evenly among them. Call it again and again, one call at a time. */
  async look(): Promise<void> {
    const targets = await this.#ground.find();
    const names = targets.map(({ name }) => name);
    if (names.join() !== this.#names) this.#ground.onTargets(names);
    this.#names = names.join();
    if (targets.length === 0) await this.#rest();
    // Even if they are the same: a replica that refused for a moment has lost its share.
    else if (this.#herd) this.#herd.route(targets);
    else this.#herd = startHerd({ ...this.#options, targets }, (arrival) => this.#count(arrival));
  }

  /** Tells whether a replica has answered, with whatever status, within the last so many ms. */
  isAnswered(withinMs: number): boolean {
    return performance.now() - this.#answeredAtMs <= withinMs;
  }

  /** Gives the counts since the last call. */
  takeCounts(): Counts {
    const counts = this.#counts;
    this.#counts = { ...NONE };
    return counts;
  }

  async #rest(): Promise<void> {
    const herd = this.#herd;
    this.#herd = undefined;
    await herd?.stop();
  }

  #count({ ending, status }: Arrival): void {
    this.#counts[ending] += 1;
    if (status !== undefined) this.#answeredAtMs = performance.now();
  }
}
