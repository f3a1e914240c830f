import { existsSync, readFileSync } from 'node:fs';
import { type Begun, type LedgerLine, parseLedger, type RecomputeEnding } from '../../record/ledger.ts';
import type { StoreMs } from '../../strategies/contract/index.ts';
import { type Journal, openJournal } from '../shared/journal.ts';
import { wallTimeMs } from '../shared/wall-time.ts';

/**
 * The origin's record of its recomputes, append-only and on disk. It survives the death of the askers and of the origin:
 * the next process continues with its versions.
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

  begin(request: Pick<Begun, 'key' | 'by' | 'arrivedAt'> & { readonly seenAt?: StoreMs }): Begun {
    const version = (this.#versions.get(request.key) ?? 0) + 1;
    this.#versions.set(request.key, version);
    this.#lastId += 1;
    const begun: Begun = { event: 'begin', id: this.#lastId, ...request, version, at: wallTimeMs() };
    this.#write(begun);
    return begun;
  }

  end(begun: Begun, ending: RecomputeEnding): void {
    this.#write({ event: 'end', id: begun.id, at: wallTimeMs(), ending });
  }

  /** Gives all lines from the given one on. */
  lines(from = 0): LedgerLine[] {
    return this.#lines.slice(from);
  }

  #write(line: LedgerLine) {
    this.#lines.push(line);
    this.#journal.append(line);
  }
}
