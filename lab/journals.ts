import type { RecordedEvent } from '../services/app/events.ts';
import type { LedgerLine } from '../services/origin/ledger.ts';
import type { ClusterFiles } from './cluster/cluster.ts';
import { JsonLines } from './json-lines.ts';

/** What the services have recorded so far, kept up to date on demand. */
export class Journals {
  readonly #ledger: JsonLines<LedgerLine>;
  readonly #replicas: readonly JsonLines<RecordedEvent>[];
  readonly ledger: LedgerLine[] = [];
  readonly events: RecordedEvent[] = [];

  constructor(files: ClusterFiles) {
    this.#ledger = new JsonLines(files.ledger);
    this.#replicas = files.events.map((path) => new JsonLines<RecordedEvent>(path));
  }

  refresh(): void {
    this.ledger.push(...this.#ledger.read());
    this.events.push(...this.#replicas.flatMap((replica) => replica.read()).sort((a, b) => a.at - b.at));
  }
}
