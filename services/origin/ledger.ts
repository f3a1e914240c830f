import { existsSync, readFileSync } from 'node:fs';
import { type Journal, openJournal } from '../shared/journal.ts';
import { wallTimeMs } from '../shared/wall-time.ts';

/** How a recompute ended. `aborted`: whoever asked went away. */
export type Ending = 'ok' | 'error' | 'aborted';

/** A recompute that began. Times are wall time in ms since the epoch. */
export interface Begun {
  readonly event: 'begin';
  readonly id: number;
  readonly key: string;
  readonly version: number;
  /** Who asked. */
  readonly by: string;
  /** The store's clock when the asker found the value missing or due; absent when it had no store to ask. */
  readonly seenAt?: number;
  /** When the question came, before any queue. */
  readonly arrivedAt: number;
  readonly at: number;
}

export interface Ended {
  readonly event: 'end';
  readonly id: number;
  readonly at: number;
  readonly ending: Ending;
}

export type LedgerLine = Begun | Ended;

/**
 * The origin's own count of its work, append-only and on disk, so that it survives the death of whoever asked and of
 * the origin itself: versions go on where the last process left off.
 */
export class Ledger {
  readonly #journal: Journal;
  readonly #lines: LedgerLine[];
  readonly #versions = new Map<string, number>();
  #lastId = 0;

  constructor(path: string) {
    this.#lines = existsSync(path) ? parseLedger(readFileSync(path, 'utf8')) : [];
    for (const line of this.#lines) {
      if (line.event === 'end') continue;
      this.#lastId = line.id;
      this.#versions.set(line.key, line.version);
    }
    this.#journal = openJournal(path);
  }

  begin(asked: Pick<Begun, 'key' | 'by' | 'arrivedAt'> & { readonly seenAt?: number }): Begun {
    const version = (this.#versions.get(asked.key) ?? 0) + 1;
    this.#versions.set(asked.key, version);
    this.#lastId += 1;
    const begun: Begun = { event: 'begin', id: this.#lastId, ...asked, version, at: wallTimeMs() };
    this.#write(begun);
    return begun;
  }

  end(begun: Begun, ending: Ending): void {
    this.#write({ event: 'end', id: begun.id, at: wallTimeMs(), ending });
  }

  /** Every line from the given one on. */
  lines(from = 0): LedgerLine[] {
    return this.#lines.slice(from);
  }

  #write(line: LedgerLine) {
    this.#lines.push(line);
    this.#journal.append(line);
  }
}

/** The lines of a ledger file; a last line cut short by a crash is left out. */
export function parseLedger(text: string): LedgerLine[] {
  return text
    .slice(0, text.lastIndexOf('\n') + 1)
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line) as LedgerLine);
}
