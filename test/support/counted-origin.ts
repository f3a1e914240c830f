import { OriginFailed } from '../../strategies/contract/errors.ts';
import type { Made, Origin } from '../../strategies/contract/index.ts';

/** A recompute as the origin sees it. While the origin is held it ends when the test says so. */
export interface Call {
  readonly key: string;
  readonly replica: number;
  readonly version: number;
  /** The version to be replaced, as the replica sent it. */
  readonly replaces: number | undefined;
  /** When it began, by `performance.now`. */
  readonly at: number;
  readonly signal: AbortSignal | undefined;
  finish(): void;
}

/** An origin in this process: it counts every recompute when it begins, and can be held or made to fail. */
export class CountedOrigin {
  /** What a recompute claims to have cost: XFetch's δ. */
  recomputeMs = 1;
  failing = false;
  /** Whether it records its calls. Without that, a flood of keys takes no memory here. */
  recording = true;
  readonly calls: Call[] = [];
  readonly #versions = new Map<string, number>();
  readonly #running = new Map<string, number>();
  #held = false;
  #unrecorded = 0;
  #mostAtOnce = 0;

  /** Recomputes begun from now on wait until they are finished one by one, or all by `letGo`. */
  hold() {
    this.#held = true;
  }

  letGo() {
    this.#held = false;
    for (const call of this.calls) call.finish();
  }

  callsFor = (key: string) => this.calls.filter((call) => call.key === key);

  /** The most recompute of one key that one replica had running at once. */
  get mostAtOnce() {
    return this.#mostAtOnce;
  }

  /** The origin as one replica reaches it. */
  for(replica: number): Origin<string> {
    return {
      recompute: async (key, { signal, replaces }) => {
        if (!this.recording) return this.#answer(key, ++this.#unrecorded);
        const version = (this.#versions.get(key) ?? 0) + 1;
        this.#versions.set(key, version);
        this.#count(replica, key, 1);
        try {
          await this.#ended({ key, replica, version, replaces, signal });
        } finally {
          this.#count(replica, key, -1);
        }
        return this.#answer(key, version);
      },
    };
  }

  #ended(call: Omit<Call, 'at' | 'finish'>): Promise<void> {
    const { signal } = call;
    return new Promise((resolve, reject) => {
      this.calls.push({ ...call, at: performance.now(), finish: resolve });
      if (signal?.aborted) reject(signal.reason);
      signal?.addEventListener('abort', () => reject(signal.reason), { once: true });
      if (!this.#held) setImmediate(resolve);
    });
  }

  #answer(key: string, version: number): Made<string> {
    if (this.failing) throw new OriginFailed(`the origin was told to fail for ${key}`);
    return { value: `${key}@${version}`, version, computedWallMs: Date.now(), recomputeMs: this.recomputeMs };
  }

  #count(replica: number, key: string, change: number) {
    const running = (this.#running.get(`${replica} ${key}`) ?? 0) + change;
    this.#running.set(`${replica} ${key}`, running);
    this.#mostAtOnce = Math.max(this.#mostAtOnce, running);
  }
}
