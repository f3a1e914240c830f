import type { Mark } from '../../record/marks.ts';
import { wallTimeMs } from '../../services/shared/wall-time.ts';

const TIMEOUT_MS = 1000;

/**
 * Tells the origin what the lab does to the cluster, so that the charts can show it. Each time all that was done so far
 * is told, since the origin may have been down. What it does not hear is missing on a chart, and is no reason to wait.
 */
export class Marks {
  readonly #url: string;
  readonly #marks: Mark[] = [];

  constructor({ url }: { readonly url: string }) {
    this.#url = `${url}/marks`;
  }

  /** The newest mark. */
  get last(): Mark | undefined {
    return this.#marks.at(-1);
  }

  put(kind: Mark['kind'], name: string): void {
    this.#marks.push({ kind, name, at: wallTimeMs() });
    fetch(this.#url, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(this.#marks),
      signal: AbortSignal.timeout(TIMEOUT_MS),
    }).catch(() => {});
  }
}
