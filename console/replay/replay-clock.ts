/** How many times slower than the run a replay can be. */
export const SLOWDOWNS = [1, 2, 5, 10, 20, 50, 100] as const;

/** Where a replay is, and how fast it goes. It has no clock of its own: whoever draws says how much time has passed. */
export class ReplayClock {
  readonly fromMs: number;
  readonly untilMs: number;
  slowdown = 10;
  isPlaying = false;
  #atMs: number;

  constructor(fromMs: number, untilMs: number, atMs: number) {
    this.fromMs = fromMs;
    this.untilMs = untilMs;
    this.#atMs = Math.max(fromMs, Math.min(untilMs, atMs));
  }

  get atMs(): number {
    return this.#atMs;
  }

  set atMs(ms: number) {
    this.#atMs = Math.max(this.fromMs, Math.min(this.untilMs, ms));
  }

  /** Plays; from the beginning if it is at the end. */
  play(): void {
    if (this.#atMs >= this.untilMs) this.#atMs = this.fromMs;
    this.isPlaying = true;
  }

  pause(): void {
    this.isPlaying = false;
  }

  /** Goes on by so much time of the page, and stops at the end. */
  advance(pageMs: number): void {
    if (!this.isPlaying) return;
    this.atMs = this.#atMs + pageMs / this.slowdown;
    if (this.#atMs >= this.untilMs) this.isPlaying = false;
  }

  /** Goes to the next of these moments, or to the one before, and stops there. They are in order. */
  step(moments: readonly { readonly atMs: number }[], direction: 1 | -1): void {
    this.pause();
    const found =
      direction === 1
        ? moments.find(({ atMs }) => atMs > this.#atMs)
        : moments.findLast(({ atMs }) => atMs < this.#atMs);
    this.atMs = found?.atMs ?? (direction === 1 ? this.untilMs : this.fromMs);
  }
}
