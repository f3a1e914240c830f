import type { ServerResponse } from 'node:http';
import type { JobView, RunView, StreamEvents } from '../view/messages.ts';
import type { RunViews } from './run-views.ts';

/** A browser opens six connections per address. With more streams than these, nothing else of the page would get through. */
export const MOST_STREAMS = 4;
/** Two runs side by side. */
export const MOST_RUNS_SHOWN = 2;
/** Those, and the run of the tour. */
export const MOST_RUNS_FOLLOWED = MOST_RUNS_SHOWN + 1;
const LOOK_EVERY_MS = 500;
/** Looking takes at most this share of one core, however large the runs are. */
const SHARE = 0.05;
/** Who reads so slowly gets the next state once it has read this one. */
const MOST_UNREAD_BYTES = 4 << 20;
const ALIVE_EVERY_MS = 5000;

interface Stream {
  readonly response: ServerResponse;
  readonly runs: readonly string[];
  /** What it was sent last, by event and run. */
  readonly sent: Map<string, unknown>;
  wroteAtMs: number;
}

/** Sends the state of the runs to the pages that are open, whenever it changes. Without a page it does nothing. */
export class Streams {
  readonly #views: RunViews;
  readonly #jobs: () => readonly JobView[];
  readonly #streams = new Set<Stream>();
  #timer: NodeJS.Timeout | undefined;
  #listJson = '';

  constructor(views: RunViews, jobs: () => readonly JobView[]) {
    this.#views = views;
    this.#jobs = jobs;
  }

  get isFull(): boolean {
    return this.#streams.size >= MOST_STREAMS;
  }

  add(response: ServerResponse, runs: readonly string[]): void {
    const stream: Stream = { response, runs, sent: new Map(), wroteAtMs: performance.now() };
    this.#streams.add(stream);
    response.on('close', () => this.#streams.delete(stream));
    response.on('error', () => this.#streams.delete(stream));
    response.write('retry: 1000\n\n');
    this.lookSoon();
  }

  /** Sends news at once. */
  lookSoon(): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#look(), 0);
  }

  end(): void {
    clearTimeout(this.#timer);
    for (const { response } of this.#streams) response.end();
    this.#streams.clear();
  }

  #look(): void {
    if (this.#streams.size === 0) return;
    const startedAtMs = performance.now();
    this.#sendAll();
    const tookMs = performance.now() - startedAtMs;
    this.#timer = setTimeout(() => this.#look(), Math.max(LOOK_EVERY_MS, tookMs / SHARE));
  }

  /** Gives a run as it is now; undefined if there is none that can be read. */
  #viewOf(run: string, nowMs: number): RunView | undefined {
    try {
      return this.#views.view(run, nowMs);
    } catch {
      // A folder that a stranger made must not end the console.
      return undefined;
    }
  }

  #sendAll(): void {
    const nowMs = Date.now();
    const list = this.#views.list(nowMs);
    this.#listJson = JSON.stringify(list);
    const jobs = this.#jobs();
    const jobsJson = JSON.stringify(jobs);
    const views = new Map<string, { readonly view: unknown; json?: string }>();
    for (const stream of this.#streams) {
      if (stream.response.writableLength > MOST_UNREAD_BYTES) continue;
      send(stream, 'runs', this.#listJson, this.#listJson);
      send(stream, 'jobs', jobsJson, jobsJson);
      for (const run of stream.runs) {
        const known = views.get(run) ?? { view: this.#viewOf(run, nowMs) };
        views.set(run, known);
        if (known.view === undefined) send(stream, 'missing', run, JSON.stringify({ run }), run);
        else if (stream.sent.get(`run ${run}`) !== known.view) {
          known.json ??= JSON.stringify(known.view);
          send(stream, 'run', known.view, known.json, run);
        }
      }
      if (performance.now() - stream.wroteAtMs > ALIVE_EVERY_MS) write(stream, ': alive\n\n');
    }
  }
}

/** Sends an event unless the page has it already. */
function send(stream: Stream, event: keyof StreamEvents, state: unknown, json: string, about = ''): void {
  const name = `${event} ${about}`;
  if (stream.sent.get(name) === state) return;
  stream.sent.set(name, state);
  write(stream, `event: ${event}\ndata: ${json}\n\n`);
}

function write(stream: Stream, text: string): void {
  stream.response.write(text);
  stream.wroteAtMs = performance.now();
}
