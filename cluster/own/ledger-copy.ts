import { setTimeout as sleep } from 'node:timers/promises';
import { type Journal, type JournalState, openJournal } from '../../record/files/journal.ts';
import { openLine } from '../../record/files/journal-line.ts';
import type { LedgerText } from '../../services/origin/ledger-text.ts';
import { MemberFailed } from '../../services/shared/lab-errors.ts';

const EVERY_MS = 50;
const ANSWER_WITHIN_MS = 2000;

/**
 * Copies what an origin writes into its ledger from now on, over HTTP, into a journal of the run. What cannot be copied breaks the
 * copy, and so the run is unknown.
 */
export class LedgerCopy {
  readonly #origin: string;
  readonly #journal: Journal;
  readonly #ended = new AbortController();
  #next: number;
  /** Why the copy is wrong for good. */
  #broken: string | undefined;
  /** Why the last reading failed. What it missed, the next one gets. */
  #failure: string | undefined;
  #reading: Promise<boolean> = Promise.resolve(false);

  private constructor(origin: string, path: string, next: number) {
    this.#origin = origin;
    this.#next = next;
    this.#journal = openJournal(path);
    void this.#go();
  }

  /** Throws {@link MemberFailed} if the origin does not give its ledger. */
  static async start(origin: string, path: string): Promise<LedgerCopy> {
    const { next } = await askLedger(`${origin}/ledger`);
    return new LedgerCopy(origin, path, next);
  }

  /** Copies everything up to now, and gives how the copy is doing. An answer that is late once is asked for again. */
  async state(): Promise<JournalState> {
    if (await this.#readOn()) await this.#readOn();
    const broken = this.#broken ?? this.#failure;
    return { ...this.#journal.state, ...(broken !== undefined && { broken }) };
  }

  /** Ends the copy. Safe to call twice. */
  async end(): Promise<void> {
    this.#ended.abort();
    await this.#reading;
    this.#journal.close();
  }

  async #go(): Promise<void> {
    const { signal } = this.#ended;
    while (!signal.aborted) {
      await this.#readOn();
      await sleep(EVERY_MS, undefined, { signal, ref: false }).catch(() => {});
    }
  }

  /** Reads once more, behind the readings under way: each begins where the last one ended. Tells whether it failed. */
  #readOn(): Promise<boolean> {
    this.#reading = this.#reading.then(() => this.#copy());
    return this.#reading;
  }

  async #copy(): Promise<boolean> {
    this.#failure = undefined;
    try {
      while (this.#broken === undefined && !this.#ended.signal.aborted) {
        const { next, text } = await askLedger(`${this.#origin}/ledger?from=${this.#next}`);
        for (const line of text.split('\n').filter(Boolean)) this.#append(line);
        if (next === this.#next) break;
        this.#next = next;
      }
    } catch (error) {
      this.#failure = (error as Error).message.slice(0, 200);
    }
    return this.#failure !== undefined;
  }

  #append(text: string): void {
    const opened = openLine<object>(text);
    if ('damage' in opened) this.#broken ??= `a line of the origin's ledger ${opened.damage}`;
    else if (this.#broken === undefined) this.#journal.append(opened.line);
  }
}

async function askLedger(url: string): Promise<LedgerText> {
  const answer = await fetch(url, { signal: AbortSignal.timeout(ANSWER_WITHIN_MS) }).catch((cause) => {
    throw new MemberFailed(`the origin does not give its ledger: GET ${url} got no answer`, { cause });
  });
  if (!answer.ok)
    throw new MemberFailed(`the origin does not give its ledger: GET ${url} got ${answer.status}`);
  return (await answer.json()) as LedgerText;
}
