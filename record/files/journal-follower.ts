import { closeSync, fstatSync, readSync } from 'node:fs';
import { openLine } from './journal-line.ts';
import { openToRead } from './own-file.ts';

const CHUNK_BYTES = 1 << 16;
const LINE_FEED = 0x0a;

/**
 * Follows a journal from where it ends now. Gives each line that is added, for as long as the journal lives, also after it
 * has started again from its first line. It judges nothing: it leaves out what is damaged.
 */
export class JournalFollower<T extends object> {
  readonly #path: string;
  /** The end of the last whole line that was given. */
  #offset: number;
  /** Whether it began within a line, whose rest is nothing. */
  #isWithinLine: boolean;

  /** `from`: where to begin if the file is there already. */
  constructor(path: string, from: 'end' | 'beginning' = 'end') {
    this.#path = path;
    this.#offset = from === 'end' ? this.#withFile(sizeOf, 0) : 0;
    this.#isWithinLine = this.#offset > 0 && this.#withFile((file) => !endsLine(file, this.#offset), false);
  }

  /** Gives the lines that were written since the last call. */
  read(): T[] {
    return this.#withFile((file) => this.#readFrom(file), []);
  }

  #withFile<R>(use: (file: number) => R, otherwise: R): R {
    let file: number;
    try {
      file = openToRead(this.#path);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return otherwise;
      throw error;
    }
    try {
      return use(file);
    } finally {
      closeSync(file);
    }
  }

  #readFrom(file: number): T[] {
    if (sizeOf(file) < this.#offset) [this.#offset, this.#isWithinLine] = [0, false];
    const chunks: Buffer[] = [];
    for (let at = this.#offset; ; ) {
      const chunk = Buffer.alloc(CHUNK_BYTES);
      const bytes = readSync(file, chunk, 0, CHUNK_BYTES, at);
      if (bytes === 0) break;
      chunks.push(chunk.subarray(0, bytes));
      at += bytes;
    }
    const added = Buffer.concat(chunks);
    // The rest may still be under way.
    const whole = added.subarray(0, added.lastIndexOf(LINE_FEED) + 1);
    if (whole.length === 0) return [];
    this.#offset += whole.length;
    const lines = whole
      .toString('utf8')
      .split('\n')
      .slice(this.#isWithinLine ? 1 : 0, -1);
    this.#isWithinLine = false;
    return lines.flatMap((text) => {
      const opened = openLine<T>(text);
      return 'damage' in opened ? [] : [opened.line];
    });
  }
}

const sizeOf = (file: number): number => fstatSync(file).size;

function endsLine(file: number, at: number): boolean {
  const last = Buffer.alloc(1);
  readSync(file, last, 0, 1, at - 1);
  return last[0] === LINE_FEED;
}
