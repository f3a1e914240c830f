interface Held {
  readonly since: number;
  until: number;
}

/**
 * The leases this replica holds, as far as it knows: each from its grant until it is given back or lost, or until its
 * term runs out unrenewed. By its own monotonic clock, in ms.
 */
export class HeldLeases {
  readonly #now: () => number;
  readonly #held = new Map<string, Held>();

  constructor(now: () => number) {
    this.#now = now;
  }

  begin(token: string, termMs: number): void {
    this.#held.set(token, { since: this.#now(), until: this.#now() + termMs });
  }

  extend(token: string, termMs: number): void {
    const held = this.#held.get(token);
    if (held) held.until = this.#now() + termMs;
  }

  end(token: string): void {
    this.#held.delete(token);
  }

  /** How long the one held longest has been held; 0 when none is. */
  longestMs(): number {
    let longest = 0;
    for (const [token, { since, until }] of this.#held) {
      if (this.#now() > until) this.#held.delete(token);
      else longest = Math.max(longest, this.#now() - since);
    }
    return longest;
  }
}
