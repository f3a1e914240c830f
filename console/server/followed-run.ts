import { closeSync, readSync } from 'node:fs';
import { join } from 'node:path';
import { timelineOf } from '../../judge/timeline/timeline.ts';
import type { Arrival } from '../../record/arrival.ts';
import { flawOf } from '../../record/files/arrival-shape.ts';
import { isWithinRun } from '../../record/files/history.ts';
import { openToRead } from '../../record/files/own-file.ts';
import { HISTORY } from '../../record/files/run-folder.ts';
import type { RunStart } from '../../record/run.ts';
import type { WallMs } from '../../record/times.ts';
import type { ShownTimeline } from '../view/messages.ts';
import { FollowedJournals } from './followed-journals.ts';

/** What is kept of a run at the most: a page shows a picture of it, and the judge reads the whole. */
const MOST_ARRIVALS = 200_000;
const MOST_LINES = 100_000;
const [SHORTEST_WINDOW_MS, LONGEST_WINDOW_MS] = [10_000, 60_000];
const CHUNK_BYTES = 1 << 20;
const MOST_SPANS = 1500;

/** Reads a run's folder as it grows, and lays out what it has read over time. */
export class FollowedRun {
  readonly #folder: string;
  readonly #start: RunStart;
  /** How much of a live run is shown: the last few expiries. Without it, the run from its beginning on. */
  readonly #windowMs: number | undefined;
  readonly #journals: FollowedJournals;
  #arrivals: Arrival[] = [];
  #offset = 0;
  #firstDueMs: number | undefined;
  #isHistoryBroken = false;
  #forgottenUntilMs = 0;
  isCut = false;

  constructor(folder: string, start: RunStart, { isLive }: { readonly isLive: boolean }) {
    const { ttlMs, recomputeMs } = start.settings;
    this.#folder = folder;
    this.#start = start;
    this.#journals = new FollowedJournals(folder, start.startedAt);
    this.#windowMs = isLive
      ? Math.min(LONGEST_WINDOW_MS, Math.max(SHORTEST_WINDOW_MS, 3 * (ttlMs + recomputeMs)))
      : undefined;
  }

  /** Reads what was added. Tells whether it found anything. */
  read(): boolean {
    const before = this.#offset;
    const hasLines = this.#readJournals();
    this.#readHistory();
    this.#forgetOld();
    return hasLines || this.#offset > before;
  }

  /** Gives what is known so far; undefined until there was a request. */
  timeline(): ShownTimeline | undefined {
    const lastMs = this.#lastMs();
    if (lastMs === undefined || this.#firstDueMs === undefined) return undefined;
    const fromWallMs = Math.max(this.#firstDueMs, this.#windowMs ? lastMs - this.#windowMs : 0);
    const { run, runtime, settings } = this.#start;
    const { damage: _, ...timeline } = timelineOf(
      {
        facts: {
          ...{ run, runtime, settings },
          herd: {
            scheduled: 0,
            openedAt: this.#firstDueMs,
            lastDueAt: lastMs,
            eventLoopDelayMs: { p99: 0, max: 0 },
          },
          casualties: [],
          host: { cpus: 0, node: '', redis: '' },
          redisCommands: null,
        },
        ledger: this.#journals.ledger,
        events: this.#journals.events,
        arrivals: this.#arrivals,
      },
      { window: { fromWallMs, untilWallMs: lastMs }, mostSpans: MOST_SPANS },
    );
    return { ...timeline, beganWallMs: this.#firstDueMs };
  }

  /**
   * The end of what is shown. The herd writes a request down when it ends: while all of them wait, the journals of a live run are
   * ahead of it.
   */
  #lastMs(): WallMs | undefined {
    const last = this.#arrivals.at(-1);
    if (!last) return undefined;
    const arrivedMs = last.endedAt ?? last.dueAt;
    return this.#windowMs === undefined ? arrivedMs : Math.max(arrivedMs, this.#journals.lastWallMs());
  }

  /** Tells whether it found anything. */
  #readJournals(): boolean {
    if (this.#windowMs === undefined && this.#journals.lines > MOST_LINES) {
      this.isCut = true;
      return false;
    }
    return this.#journals.read() > 0;
  }

  #readHistory(): void {
    while (!this.#isHistoryBroken && !this.isCut) {
      const text = this.#nextChunk();
      if (text === '') break;
      for (const line of text.split('\n').slice(0, -1)) this.#take(line);
      if (this.#windowMs === undefined) this.isCut = this.#arrivals.length >= MOST_ARRIVALS;
      else if (this.#arrivals.length > MOST_ARRIVALS)
        this.#arrivals = this.#arrivals.slice(-MOST_ARRIVALS / 2);
    }
  }

  /** Gives the next whole lines of the history. */
  #nextChunk(): string {
    let file: number;
    try {
      file = openToRead(join(this.#folder, HISTORY));
    } catch {
      return '';
    }
    try {
      const chunk = Buffer.allocUnsafe(CHUNK_BYTES);
      const bytes = readSync(file, chunk, 0, CHUNK_BYTES, this.#offset);
      const whole = chunk.subarray(0, chunk.subarray(0, bytes).lastIndexOf('\n') + 1);
      // No line is as long: nothing more of it can be read.
      this.#isHistoryBroken = whole.length === 0 && bytes === CHUNK_BYTES;
      this.#offset += whole.length;
      return whole.toString('utf8');
    } finally {
      closeSync(file);
    }
  }

  #take(line: string): void {
    const arrival = parsed(line, this.#start.startedAt);
    this.#isHistoryBroken ||= arrival === undefined;
    if (arrival === undefined || this.#isHistoryBroken) return;
    this.#firstDueMs ??= arrival.dueAt;
    this.#arrivals.push(arrival);
  }

  /** Of a live run, what has left the window is needed no more. Leaves it until it is much, since an array is moved for it. */
  #forgetOld(): void {
    const lastMs = this.#lastMs();
    if (this.#windowMs === undefined || lastMs === undefined) return;
    const oldestMs = lastMs - 2 * this.#windowMs;
    if (oldestMs < this.#forgottenUntilMs + this.#windowMs) return;
    this.#forgottenUntilMs = oldestMs;
    this.#arrivals = this.#arrivals.filter(
      ({ dueAt }, index) => dueAt >= oldestMs || index === this.#arrivals.length - 1,
    );
    this.#journals.forget(oldestMs);
  }
}

/** Gives an arrival. Undefined: the line is broken, or of another time, for which the picture would be years long. */
function parsed(line: string, startedAt: WallMs): Arrival | undefined {
  try {
    const arrival = JSON.parse(line);
    if (flawOf(arrival) !== undefined) return undefined;
    const { dueAt, endedAt = dueAt }: Arrival = arrival;
    return isWithinRun(dueAt, startedAt) && isWithinRun(endedAt, startedAt) ? arrival : undefined;
  } catch {
    return undefined;
  }
}
