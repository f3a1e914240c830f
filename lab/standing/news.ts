import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { ClusterFiles } from '../../cluster/cluster.ts';
import type { RecordSoFar } from '../../faults/support/strike.ts';
import type { RecordedEvent } from '../../record/events.ts';
import type { FaultEvent } from '../../record/fault-events.ts';
import { JournalFollower } from '../../record/files/journal-follower.ts';
import type { LedgerLine } from '../../record/ledger.ts';

/**
 * What the members of a standing cluster record from now on. What they recorded before may be weeks of it, and says nothing
 * about a fault of today.
 */
export class News implements RecordSoFar {
  readonly #ledger: JournalFollower<LedgerLine>;
  readonly #folder: string;
  readonly #members = new Map<string, JournalFollower<RecordedEvent>>();
  readonly ledger: LedgerLine[] = [];
  readonly events: RecordedEvent[] = [];
  /** The steps of the fault. */
  readonly faults: FaultEvent[] = [];

  constructor({ ledger, events }: Pick<ClusterFiles, 'ledger' | 'events'>) {
    this.#ledger = new JournalFollower(ledger);
    this.#folder = events;
    this.#find('end');
  }

  refresh(): void {
    this.ledger.push(...this.#ledger.read());
    this.#find('beginning');
    const news = [...this.#members.values()].flatMap((member) => member.read());
    this.events.push(...news.sort((a, b) => a.at - b.at));
  }

  /** Looks for the members' files. Those that come later are news from their beginning. */
  #find(from: 'end' | 'beginning'): void {
    for (const file of existsSync(this.#folder) ? readdirSync(this.#folder) : [])
      if (!this.#members.has(file))
        this.#members.set(file, new JournalFollower(join(this.#folder, file), from));
  }
}
