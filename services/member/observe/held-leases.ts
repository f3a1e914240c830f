interface Held {
  readonly since: number;
  until: number;
}

/**
 * The leases that this replica holds, as far as it knows: each from its grant until its release, its loss, or the end of
 * its term. By the replica's monotonic clock, in ms.
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

  /** Gives how long the replica has held its oldest lease; 0 when it holds none. */
  longestMs(): number {
    let longest = 0;
    for (const [token, { since, until }] of this.#held) {
      if (this.#now() > until) this.#held.delete(token);
      else longest = Math.max(longest, this.#now() - since);
    }
    return longest;
  }
}
