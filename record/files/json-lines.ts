import { closeSync, existsSync, openSync, readSync } from 'node:fs';

const CHUNK = 1 << 16;

/** Reads a growing file of JSON lines, each line when it is complete. */
export class JsonLines<T> {
  readonly #path: string;
  #offset = 0;
  #rest = Buffer.alloc(0);

  constructor(path: string) {
    this.#path = path;
  }

  /** Gives the lines that were written since the last call. */
  read(): T[] {
    if (!existsSync(this.#path)) return [];
    const file = openSync(this.#path, 'r');
    try {
      const chunks = [this.#rest];
      for (;;) {
        const chunk = Buffer.alloc(CHUNK);
        const bytes = readSync(file, chunk, 0, CHUNK, this.#offset);
        if (bytes === 0) break;
        this.#offset += bytes;
        chunks.push(chunk.subarray(0, bytes));
      }
      const text = Buffer.concat(chunks);
      const end = text.lastIndexOf('\n') + 1;
      this.#rest = text.subarray(end);
      const lines = text.subarray(0, end).toString('utf8').split('\n').filter(Boolean);
      return lines.map((line) => JSON.parse(line) as T);
    } finally {
      closeSync(file);
    }
  }
}
