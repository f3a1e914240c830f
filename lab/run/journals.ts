import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { ClusterFiles } from '../../cluster/cluster.ts';
import type { RecordedEvent } from '../../record/events.ts';
import { JsonLines } from '../../record/files/json-lines.ts';
import type { LedgerLine } from '../../record/ledger.ts';

/** What the services have recorded so far, kept up to date on demand. */
export class Journals {
  readonly #ledger: JsonLines<LedgerLine>;
  readonly #folder: string;
  readonly #replicas = new Map<string, JsonLines<RecordedEvent>>();
  readonly ledger: LedgerLine[] = [];
  readonly events: RecordedEvent[] = [];

  constructor(files: ClusterFiles) {
    this.#ledger = new JsonLines(files.ledger);
    this.#folder = files.events;
  }

  refresh(): void {
    this.ledger.push(...this.#ledger.read());
    for (const file of existsSync(this.#folder) ? readdirSync(this.#folder) : []) {
      if (!this.#replicas.has(file)) this.#replicas.set(file, new JsonLines(join(this.#folder, file)));
    }
    const news = [...this.#replicas.values()].flatMap((replica) => replica.read());
    this.events.push(...news.sort((a, b) => a.at - b.at));
  }
}
