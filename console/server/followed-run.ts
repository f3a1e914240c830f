import { closeSync, readdirSync, readSync } from 'node:fs';
import { join } from 'node:path';
import { timelineOf } from '../../judge/timeline/timeline.ts';
import type { Arrival } from '../../record/arrival.ts';
import type { RunEvent } from '../../record/facts.ts';
import { flawOf } from '../../record/files/arrival-shape.ts';
import { JournalReader } from '../../record/files/journal-reader.ts';
import { isFolder, openToRead } from '../../record/files/own-file.ts';
import { EVENTS, HISTORY, LAB_JOURNAL, LEDGER } from '../../record/files/run-folder.ts';
import type { LedgerLine } from '../../record/ledger.ts';
import { ledgerLineSchema, runEventSchema } from '../../record/line-schemas.ts';
import type { RunStart } from '../../record/run.ts';
import type { ShownTimeline } from '../view/messages.ts';

/** What is kept of a run at the most: a page shows a picture of it, and the judge reads the whole. */
const MOST_ARRIVALS = 200_000;
const MOST_LINES = 100_000;
const CHUNK_BYTES = 1 << 20;
const MOST_SPANS = 1500;

/** Reads a run's folder as it grows, and lays out what it has read over time. */
export class FollowedRun {
  readonly #folder: string;
  readonly #start: RunStart;
  /** How much of a live run is shown: the last few expiries. Without it, the run from its beginning on. */
  readonly #windowMs: number | undefined;
  readonly #journals = new Map<string, JournalReader<object>>();
  readonly #ledger: LedgerLine[] = [];
  readonly #events: RunEvent[] = [];
  #arrivals: Arrival[] = [];
  #offset = 0;
  #firstDueMs: number | undefined;
  #isHistoryBroken = false;
  isCut = false;

  constructor(folder: string, start: RunStart, { isLive }: { readonly isLive: boolean }) {
    const { ttlMs, recomputeMs } = start.settings;
    this.#folder = folder;
    this.#start = start;
    this.#windowMs = isLive ? Math.min(60_000, Math.max(10_000, 3 * (ttlMs + recomputeMs))) : undefined;
  }

  /** Reads what was added. Tells whether it found anything. */
  read(): boolean {
    const before = this.#events.length + this.#ledger.length + this.#offset;
    this.#readJournals();
    this.#readHistory();
    return this.#events.length + this.#ledger.length + this.#offset > before;
  }

  /** Gives what is known so far; undefined until there was a request. */
  timeline(): ShownTimeline | undefined {
    const last = this.#arrivals.at(-1);
    if (!last || this.#firstDueMs === undefined) return undefined;
    const lastMs = last.endedAt ?? last.dueAt;
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
        ledger: this.#ledger,
        events: this.#events,
        arrivals: this.#arrivals,
      },
      { window: { fromWallMs, untilWallMs: lastMs }, mostSpans: MOST_SPANS },
    );
    return { ...timeline, beganWallMs: this.#firstDueMs };
  }

  #readJournals(): void {
    if (this.#events.length + this.#ledger.length > MOST_LINES) {
      this.isCut = true;
      return;
    }
    const events = join(this.#folder, EVENTS);
    const names = isFolder(events) ? readdirSync(events).filter((name) => /^[\w.-]+\.jsonl$/.test(name)) : [];
    for (const line of this.#linesOf(LEDGER))
      if (ledgerLineSchema.safeParse(line).success) this.#ledger.push(line as LedgerLine);
    const found = [LAB_JOURNAL, ...names.map((name) => join(EVENTS, name))]
      .flatMap((name) => this.#linesOf(name))
      .filter((line) => runEventSchema.safeParse(line).success) as RunEvent[];
    if (found.length > 0) {
      this.#events.push(...found);
      this.#events.sort((a, b) => a.at - b.at);
    }
  }

  #linesOf(name: string): object[] {
    const reader = this.#journals.get(name) ?? new JournalReader(join(this.#folder, name), name);
    this.#journals.set(name, reader);
    try {
      return reader.read();
    } catch {
      // A link or a pipe. The judge says so.
      return [];
    }
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
    this.#forgetOld();
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
    const arrival = parsed(line);
    this.#isHistoryBroken ||= arrival === undefined;
    if (arrival === undefined || this.#isHistoryBroken) return;
    this.#firstDueMs ??= arrival.dueAt;
    this.#arrivals.push(arrival);
  }

  /** Of a live run, what has left the window is needed no more. Leaves it until it is much, since an array is moved for it. */
  #forgetOld(): void {
    const last = this.#arrivals.at(-1);
    const [first] = this.#arrivals;
    if (this.#windowMs === undefined || !last || !first) return;
    const oldestMs = last.dueAt - 2 * this.#windowMs;
    if (first.dueAt < oldestMs - this.#windowMs)
      this.#arrivals = this.#arrivals.filter(({ dueAt }) => dueAt >= oldestMs);
  }
}

function parsed(line: string): Arrival | undefined {
  try {
    const arrival = JSON.parse(line);
    return flawOf(arrival) === undefined ? arrival : undefined;
  } catch {
    return undefined;
  }
}
