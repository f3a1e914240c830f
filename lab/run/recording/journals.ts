import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { ClusterFiles } from '../../../cluster/cluster.ts';
import type { RecordedEvent } from '../../../record/events.ts';
import type { FaultEvent } from '../../../record/fault-events.ts';
import { JournalReader } from '../../../record/files/journal-reader.ts';
import type { LedgerLine } from '../../../record/ledger.ts';

/** What the services have recorded so far, kept up to date on demand. */
export class Journals {
  readonly #ledger: JournalReader<LedgerLine>;
  readonly #folder: string;
  readonly #replicas = new Map<string, JournalReader<RecordedEvent>>();
  readonly ledger: LedgerLine[] = [];
  readonly events: RecordedEvent[] = [];
  /** What the lab itself has recorded of the fault. */
  readonly faults: FaultEvent[] = [];

  constructor(files: ClusterFiles) {
    this.#ledger = new JournalReader(files.ledger);
    this.#folder = files.events;
  }

  /** Tells whether a journal is damaged, so that nothing more of it can be read. */
  get isDamaged(): boolean {
    return [this.#ledger, ...this.#replicas.values()].some(({ damage }) => damage !== undefined);
  }

  refresh(): void {
    for (const line of this.#ledger.read()) this.ledger.push(line);
    for (const file of existsSync(this.#folder) ? readdirSync(this.#folder) : []) {
      if (!this.#replicas.has(file)) this.#replicas.set(file, new JournalReader(join(this.#folder, file)));
    }
    const news = [...this.#replicas.values()].flatMap((replica) => replica.read());
    for (const event of news.sort((a, b) => a.at - b.at)) this.events.push(event);
  }
}
