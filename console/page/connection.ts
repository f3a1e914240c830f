import type { StreamEvents } from '../view/messages.ts';
import { whyNoStream } from './lab-api.ts';

const AGAIN_MS = 1000;

type Listeners = { readonly [E in keyof StreamEvents]: (state: StreamEvents[E]) => void };

/** Keeps a stream of the lab's news open, for the runs that are shown, and opens it again when it breaks. */
export class Connection {
  readonly #listeners: Listeners;
  readonly #onState: (trouble: string | undefined) => void;
  #source: EventSource | undefined;
  #timer: number | undefined;
  #runs: readonly string[] = [];

  /** `onState`: told what is wrong, or undefined when the lab answers. */
  constructor(listeners: Listeners, onState: (trouble: string | undefined) => void) {
    this.#listeners = listeners;
    this.#onState = onState;
    // A page that nobody sees needs no news, and another page may need its place.
    document.addEventListener('visibilitychange', () => (document.hidden ? this.#close() : this.#open()));
  }

  show(runs: readonly string[]): void {
    this.#runs = runs;
    this.#open();
  }

  #open(): void {
    this.#close();
    const url = `/api/stream?${new URLSearchParams(this.#runs.map((run) => ['run', run]))}`;
    const source = new EventSource(url);
    this.#source = source;
    source.addEventListener('open', () => this.#onState(undefined));
    source.addEventListener('error', async () => {
      // The browser reconnects after a broken stream, but not after a refusal.
      this.#close();
      const why = await whyNoStream(url);
      if (this.#source) return;
      this.#onState(why);
      this.#timer = setTimeout(() => this.#open(), AGAIN_MS);
    });
    for (const [event, listener] of Object.entries(this.#listeners) as [string, (state: unknown) => void][])
      source.addEventListener(event, ({ data }: MessageEvent<string>) => listener(JSON.parse(data)));
  }

  #close(): void {
    clearTimeout(this.#timer);
    this.#source?.close();
    this.#source = undefined;
  }
}
