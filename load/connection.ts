import { wallTimeMs } from '../services/shared/journal.ts';
import type { Arrival } from './history.ts';

/** A connection asks once a second. */
export const PERIOD_MS = 1000;
/** A request sent this soon after an answer was held up by it. */
const AT_ONCE_MS = 2;

/** What an answer's body says, as far as the history keeps it. */
type Body = Pick<Arrival, 'by' | 'served' | 'version' | 'degraded'>;

/** The books of one connection: what it owes, what it sent, and what became of it. */
export class Connection {
  readonly #record: (arrival: Arrival) => void;
  #dueAt = 0;
  #sentAt = 0;
  #freedAt = 0;
  #outstanding = false;

  constructor(record: (arrival: Arrival) => void) {
    this.#record = record;
  }

  /** A request is being sent. Returns how many arrivals fell due since the last one. */
  sending(): number {
    const now = wallTimeMs();
    // The server closed the connection under the request before.
    if (this.#outstanding) this.failed('connection closed before the answer');
    const periods = this.#dueAt ? Math.max(1, Math.floor((now - this.#dueAt) / PERIOD_MS)) : 1;
    for (let missed = 1; missed < periods; missed++) {
      this.#record({ dueAt: this.#dueAt + missed * PERIOD_MS, ending: 'unsent' });
    }
    const heldUp = this.#dueAt > 0 && now - this.#freedAt < AT_ONCE_MS;
    this.#dueAt = heldUp ? Math.min(now, this.#dueAt + periods * PERIOD_MS) : now;
    this.#sentAt = now;
    this.#outstanding = true;
    return periods;
  }

  answered(status: number, body: string): void {
    if (!this.#outstanding) return;
    const endedAt = wallTimeMs();
    if (status === 200) {
      const { by, served, version, degraded } = JSON.parse(body) as Required<Body>;
      this.#end({ ending: 'ok', status, by, served, version, endedAt, ...(degraded && { degraded }) });
    } else {
      this.#end({ ending: 'error', status, why: codeIn(body), endedAt });
    }
  }

  failed(why: string): void {
    if (this.#outstanding) this.#end({ ending: 'error', why, endedAt: wallTimeMs() });
  }

  timedOut(): void {
    if (this.#outstanding) this.#end({ ending: 'timeout', endedAt: wallTimeMs() });
  }

  get outstanding(): boolean {
    return this.#outstanding;
  }

  #end(ended: Omit<Arrival, 'dueAt' | 'sentAt'>): void {
    this.#outstanding = false;
    this.#freedAt = wallTimeMs();
    this.#record({ dueAt: this.#dueAt, sentAt: this.#sentAt, ...ended });
  }
}

function codeIn(body: string): string {
  try {
    return (JSON.parse(body) as { code: string }).code;
  } catch {
    return 'unreadable answer';
  }
}
