import { type Journal, type JournalState, openJournal } from '../../record/files/journal.ts';
import { JournalReader } from '../../record/files/journal-reader.ts';
import type { Begun, LedgerLine, RecomputeEnding } from '../../record/ledger.ts';
import { RecentKeys } from '../../strategies/shared/bounded/recent-keys.ts';
import { wallTimeMs } from '../shared/wall-time.ts';

/** More keys than any run has. Of others the versions still rise, but not by one. */
const MOST_KEYS = 100_000;

/**
 * The origin's record of its recomputes, append-only and on disk. It survives the death of the askers and of the origin:
 * the next process continues with its versions.
 */
export class Ledger {
  readonly #journal: Journal;
  readonly path: string;
  readonly #versions: RecentKeys<number>;
  /** The highest version of the keys that are no longer remembered: theirs go on above it. */
  #forgotten = 0;
  #lastId = 0;
  /** What is wrong with the lines of earlier processes: their versions are not all known. */
  readonly damage: string | undefined;

  /** Calls `onBroken` with the error's code once it cannot write. Remembers the versions of `mostKeys` keys. */
  constructor(path: string, onBroken: (code: string) => void = () => {}, mostKeys = MOST_KEYS) {
    this.path = path;
    this.#versions = new RecentKeys(mostKeys, (version) => {
      this.#forgotten = Math.max(this.#forgotten, version);
    });
    this.#journal = openJournal(path, onBroken);
    const reader = new JournalReader<LedgerLine>(path);
    for (const line of reader.read()) {
      if (line.event === 'end') continue;
      this.#lastId = line.id;
      this.#versions.set(line.key, line.version);
    }
    this.damage = reader.damage;
  }

  begin(request: Pick<Begun, 'key' | 'by' | 'arrivedAt' | 'seenAt' | 'replaces'>): Begun {
    const version = (this.#versions.get(request.key) ?? this.#forgotten) + 1;
    this.#versions.set(request.key, version);
    this.#lastId += 1;
    const begun: Begun = { event: 'begin', id: this.#lastId, ...request, version, at: wallTimeMs() };
    this.#journal.append(begun);
    return begun;
  }

  end(begun: Begun, ending: RecomputeEnding): void {
    const ended: LedgerLine = { event: 'end', id: begun.id, at: wallTimeMs(), ending };
    this.#journal.append(ended);
  }

  get state(): JournalState {
    return this.#journal.state;
  }
}
