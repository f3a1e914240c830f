/** More keys than a lab has; a forgotten one only makes the origin tell an expiry by the time instead. */
const MOST_KEYS = 1000;
/** Nobody asks the origin so long after the look that showed the need. */
const KEEP_MS = 10_000;

interface Sight {
  readonly version: number;
  readonly at: number;
}

/**
 * The versions that this replica has seen stored, and when, by the store's clock. So the newest one before a look is known
 * even when later answers of the store were handled before the look was acted on.
 */
export class NewestSeen {
  readonly #keys = new Map<string, Sight[]>();

  see(key: string, version: number, at: number): void {
    const sights = this.#sightsOf(key);
    if (version <= (sights.at(-1)?.version ?? 0)) return;
    sights.push({ version, at });
    while (sights[1] && sights[1].at < at - KEEP_MS) sights.shift();
  }

  /** The newest version of the key seen stored by then; 0 when none was. */
  by(key: string, at: number): number {
    return this.#keys.get(key)?.findLast((sight) => sight.at <= at)?.version ?? 0;
  }

  #sightsOf(key: string): Sight[] {
    const known = this.#keys.get(key);
    if (known) return known;
    const [oldest] = this.#keys.keys();
    if (oldest !== undefined && this.#keys.size >= MOST_KEYS) this.#keys.delete(oldest);
    const sights: Sight[] = [];
    this.#keys.set(key, sights);
    return sights;
  }
}
