import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { clocksFrom } from '../../judge/clocks.ts';
import type { RunEvent } from '../../record/facts.ts';
import { isWithinRun } from '../../record/files/history.ts';
import { JournalReader } from '../../record/files/journal-reader.ts';
import { isFolder } from '../../record/files/own-file.ts';
import { EVENTS, LAB_JOURNAL, LEDGER } from '../../record/files/run-folder.ts';
import type { LedgerLine } from '../../record/ledger.ts';
import { ledgerLineSchema, runEventSchema } from '../../record/line-schemas.ts';
import type { WallMs } from '../../record/times.ts';

/** Of these there are few, and the whole picture needs them: who is a member, what was struck, and how far the clocks are apart. */
const NEVER_FORGOTTEN: ReadonlySet<string> = new Set(['started', 'fault', 'clock']);

/** Reads the ledger and the events of a run as they grow. */
export class FollowedJournals {
  readonly #folder: string;
  readonly #startedAt: WallMs;
  readonly #readers = new Map<string, JournalReader<object>>();
  ledger: LedgerLine[] = [];
  events: RunEvent[] = [];

  constructor(folder: string, startedAt: WallMs) {
    this.#folder = folder;
    this.#startedAt = startedAt;
  }

  /** How many lines are kept. */
  get lines(): number {
    return this.ledger.length + this.events.length;
  }

  /** Reads what was added. Gives how many lines that were. */
  read(): number {
    const ledger = this.#linesOf(LEDGER).filter((line) => ledgerLineSchema.safeParse(line).success);
    const events = [LAB_JOURNAL, ...this.#eventFiles()]
      .flatMap((name) => this.#linesOf(name))
      .filter((line) => runEventSchema.safeParse(line).success);
    for (const line of ledger) this.ledger.push(line as LedgerLine);
    for (const event of events) this.events.push(event as RunEvent);
    if (events.length > 0) this.events.sort((a, b) => a.at - b.at);
    return ledger.length + events.length;
  }

  /** The last moment that is recorded, by the herd's clock. */
  lastWallMs(): WallMs {
    const { herdTimeOf } = clocksFrom(this.events);
    const lastLine = this.ledger.reduce((last, { at }) => Math.max(last, at), 0);
    return this.events.reduce(
      (last, { at, by }) => Math.max(last, herdTimeOf(at, by)),
      lastLine === 0 ? 0 : herdTimeOf(lastLine, 'origin'),
    );
  }

  /** Forgets what is older, except for recomputes that go on. */
  forget(oldestMs: WallMs): void {
    const isYoung = ({ at }: { readonly at: WallMs }) => at >= oldestMs;
    const ended = new Set(this.ledger.flatMap((line) => (line.event === 'end' ? [line.id] : [])));
    const young = new Set(this.ledger.filter(isYoung).map(({ id }) => id));
    this.ledger = this.ledger.filter(({ id }) => young.has(id) || !ended.has(id));
    this.events = this.events.filter((event) => isYoung(event) || NEVER_FORGOTTEN.has(event.event));
  }

  #eventFiles(): string[] {
    const folder = join(this.#folder, EVENTS);
    try {
      const names = isFolder(folder) ? readdirSync(folder) : [];
      return names.filter((name) => /^[\w.-]+\.jsonl$/.test(name)).map((name) => join(EVENTS, name));
    } catch {
      // It is not ours to read, or gone meanwhile.
      return [];
    }
  }

  /** Reads the next lines of a journal. A line of another time is left out, as what would make the picture years long. */
  #linesOf(name: string): object[] {
    const reader = this.#readers.get(name) ?? new JournalReader(join(this.#folder, name), name);
    this.#readers.set(name, reader);
    try {
      return reader.read().filter((line) => isWithinRun((line as { at: number }).at, this.#startedAt));
    } catch {
      // A link or a pipe. The judge says so.
      return [];
    }
  }
}
