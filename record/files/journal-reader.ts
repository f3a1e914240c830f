import { createHash } from 'node:crypto';
import { closeSync, existsSync, readSync } from 'node:fs';
import { openLine } from './journal-line.ts';
import { openToRead } from './own-file.ts';

const CHUNK_BYTES = 1 << 16;
/** No line of a journal is nearly as long. */
const LONGEST_LINE_BYTES = 1 << 20;
const LINE_FEED = 0x0a;

/** What a journal's file holds so far. */
export interface JournalSeal {
  readonly lines: number;
  /** SHA-256 of its whole lines, in hex. */
  readonly sha256: string;
}

/**
 * Reads a journal, also while it grows. A line that is not ended yet is left for later: its process may still write it, or
 * died while it did.
 */
export class JournalReader<T extends object> {
  readonly #path: string;
  readonly #name: string;
  readonly #hash = createHash('sha256');
  /** The end of the last whole line. */
  #offset = 0;
  #lines = 0;
  #damage: string | undefined;

  /** `name`: what messages call the file. */
  constructor(path: string, name = path) {
    this.#path = path;
    this.#name = name;
  }

  /** Says which line is broken first and how. Nothing is read from there on. */
  get damage(): string | undefined {
    return this.#damage;
  }

  get seal(): JournalSeal {
    return { lines: this.#lines, sha256: this.#hash.copy().digest('hex') };
  }

  /** Gives the lines that were written since the last call. */
  read(): T[] {
    if (this.#damage !== undefined || !existsSync(this.#path)) return [];
    const file = openToRead(this.#path);
    try {
      return this.#readFrom(file);
    } finally {
      closeSync(file);
    }
  }

  #readFrom(file: number): T[] {
    const found: T[] = [];
    let rest = Buffer.alloc(0);
    for (;;) {
      const chunk = Buffer.alloc(CHUNK_BYTES);
      const bytes = readSync(file, chunk, 0, CHUNK_BYTES, this.#offset + rest.length);
      if (bytes === 0) return found;
      rest = Buffer.concat([rest, chunk.subarray(0, bytes)]);
      for (let end = rest.indexOf(LINE_FEED); end >= 0; end = rest.indexOf(LINE_FEED)) {
        if (!this.#take(rest.subarray(0, end + 1), found)) return found;
        rest = rest.subarray(end + 1);
      }
      if (rest.length > LONGEST_LINE_BYTES) {
        this.#damage = `${this.#name}: line ${this.#lines + 1} is too long`;
        return found;
      }
    }
  }

  /** Takes a line with its line feed. Tells whether it is whole and the next one. */
  #take(bytes: Buffer, found: T[]): boolean {
    const opened = openLine<T>(bytes.toString('utf8', 0, bytes.length - 1));
    const number = this.#lines + 1;
    if ('damage' in opened) this.#damage = `${this.#name}: line ${number} ${opened.damage}`;
    else if (opened.seq !== number) this.#damage = `${this.#name}: line ${number} is missing`;
    if (this.#damage !== undefined || 'damage' in opened) return false;
    this.#hash.update(bytes);
    this.#offset += bytes.length;
    this.#lines = number;
    found.push(opened.line);
    return true;
  }
}
