import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { createWriteStream, type WriteStream } from 'node:fs';
import type { Arrival } from '../arrival.ts';
import type { FileSeal } from '../run.ts';

const FLUSH_EVERY_MS = 200;
const FLUSH_CHARACTERS = 1 << 16;
/** So much may wait for a slow disk. */
const MOST_WAITING_BYTES = 1 << 26;

/**
 * Writes the history of a run as it goes, a line per arrival. It hands them to the disk every
 * {@link FLUSH_EVERY_MS}, however long the run is. A history that cannot be written is broken from then on; the load goes on.
 */
export class HistoryWriter {
  readonly #file: WriteStream;
  readonly #hash = createHash('sha256');
  readonly #timer = setInterval(() => this.#flush(), FLUSH_EVERY_MS);
  #text = '';
  #lines = 0;
  #broken: string | undefined;

  /** Creates the file. If there is something of that name, the history is broken from the start. */
  constructor(path: string) {
    this.#file = createWriteStream(path, { flags: 'wx' });
    this.#file.on('error', (error: NodeJS.ErrnoException) => this.#break(error.code ?? error.message));
  }

  write(arrival: Arrival): void {
    if (this.#broken !== undefined) return;
    this.#text += `${JSON.stringify(arrival)}\n`;
    this.#lines += 1;
    if (this.#text.length >= FLUSH_CHARACTERS) this.#flush();
  }

  /** Ends the file. Gives what it holds, and why it is not complete if it is not. */
  async close(): Promise<FileSeal> {
    clearInterval(this.#timer);
    this.#flush();
    if (this.#broken === undefined) {
      this.#file.end();
      await Promise.race([once(this.#file, 'close'), once(this.#file, 'error')]).catch(() => {});
    }
    return {
      lines: this.#lines,
      sha256: this.#hash.digest('hex'),
      ...(this.#broken !== undefined && { broken: this.#broken }),
    };
  }

  #flush(): void {
    if (this.#broken !== undefined || this.#text === '') return;
    const bytes = Buffer.from(this.#text);
    this.#text = '';
    this.#hash.update(bytes);
    this.#file.write(bytes);
    if (this.#file.writableLength > MOST_WAITING_BYTES) this.#break('the disk is too slow');
  }

  #break(why: string): void {
    this.#broken ??= why;
    this.#text = '';
  }
}
