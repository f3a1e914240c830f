import type { originMetrics } from './metrics.ts';

/** How many members there may be: 64 replicas and their refreshers, many times over. */
const MOST_MEMBERS = 1000;

/** Says which names there are. */
export const NAME_RULE = 'a name has 1 to 64 characters, each an ASCII letter, a digit, _ or -';
const NAME = /^[\w-]{1,64}$/;
export const isName = (text: string): boolean => NAME.test(text);

/** Who may ask for recomputes. Each has a label in the metrics, which are bounded by this. */
export class Members {
  readonly #names = new Set<string>();
  readonly #recomputes: ReturnType<typeof originMetrics>['recomputes'];

  constructor(
    names: readonly string[],
    { recomputes }: Pick<ReturnType<typeof originMetrics>, 'recomputes'>,
  ) {
    this.#recomputes = recomputes;
    for (const name of names) this.add(name);
  }

  has(name: string): boolean {
    return this.#names.has(name);
  }

  /** Adds a member, and starts its count at 0. Gives what is wrong if it cannot; undefined if nothing is. */
  add(name: string): string | undefined {
    if (!isName(name)) return NAME_RULE;
    if (this.#names.has(name)) return undefined;
    if (this.#names.size === MOST_MEMBERS) return `there are at most ${MOST_MEMBERS} members`;
    this.#names.add(name);
    this.#recomputes.inc({ by: name }, 0);
    return undefined;
  }
}
