import { closeSync, fstatSync, ftruncateSync, mkdirSync, readSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';
import { openLine, sealLine } from './journal-line.ts';
import { openToAppend } from './own-file.ts';

/** How a journal is doing. */
export interface JournalState {
  /** How many lines it has, those of earlier processes included. */
  readonly lines: number;
  /** The code of the error that ended it, such as ENOSPC. It takes no more lines. */
  readonly broken?: string;
}

/** An append-only file of numbered JSON lines with checksums: see {@link sealLine}. */
export interface Journal {
  /**
   * Hands a line to the kernel before it returns, so that the line survives the death of the process. Never throws: if the
   * line cannot be written, the journal is broken from then on.
   */
  append(line: object): void;
  readonly state: JournalState;
  /** Closes the file. It takes no more lines. */
  close(): void;
}

/**
 * Opens a journal, creates it where it is missing, and goes on after its last whole line. It cuts off what a dead process
 * left of an unfinished line. Calls `onBroken` once, with the error's code, if a line cannot be written. Throws if the path is a link or no regular file, or cannot be opened.
 */
export function openJournal(path: string, onBroken: (code: string) => void = () => {}): Journal {
  mkdirSync(dirname(path), { recursive: true });
  return new OpenJournal(openToAppend(path), onBroken);
}

class OpenJournal implements Journal {
  readonly #file: number;
  readonly #onBroken: (code: string) => void;
  #bytes: number;
  #lines: number;
  #broken: string | undefined;
  #isClosed = false;

  constructor(file: number, onBroken: (code: string) => void) {
    this.#file = file;
    this.#onBroken = onBroken;
    const { bytes, lines } = wholeLinesOf(file);
    this.#bytes = bytes;
    this.#lines = lines;
    ftruncateSync(file, bytes);
  }

  get state(): JournalState {
    return { lines: this.#lines, ...(this.#broken !== undefined && { broken: this.#broken }) };
  }

  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    closeSync(this.#file);
  }

  append(line: object): void {
    if (this.#broken !== undefined || this.#isClosed) return;
    try {
      const bytes = Buffer.from(`${sealLine(this.#lines + 1, line)}\n`);
      // The kernel may take a part only, as when the disk is nearly full.
      for (let written = 0; written < bytes.length; ) written += writeSync(this.#file, bytes, written);
      this.#bytes += bytes.length;
      this.#lines += 1;
    } catch (error) {
      this.#break((error as NodeJS.ErrnoException).code ?? 'unknown');
    }
  }

  #break(code: string): void {
    this.#broken = code;
    try {
      ftruncateSync(this.#file, this.#bytes);
    } catch {
      // The reader leaves out an unfinished line as well.
    }
    this.#onBroken(code);
  }
}

const CHUNK_BYTES = 1 << 16;
const LINE_FEED = 0x0a;

/** Finds where the last whole line ends, and its number. */
function wholeLinesOf(file: number): { bytes: number; lines: number } {
  const last = lastLineBefore(file, fstatSync(file).size);
  if (!last) return { bytes: 0, lines: 0 };
  const opened = openLine(last.text);
  if (!('damage' in opened)) return { bytes: last.endsAt, lines: opened.seq };
  // A last line that a crash of the machine left broken counts as unfinished. What is broken before it, the judge finds.
  const before = lastLineBefore(file, last.beginsAt);
  if (!before) return { bytes: 0, lines: 0 };
  const earlier = openLine(before.text);
  return 'damage' in earlier
    ? { bytes: last.endsAt, lines: 0 }
    : { bytes: last.beginsAt, lines: earlier.seq };
}

/** Finds the last line that is ended by a line feed, within the first `size` bytes. */
function lastLineBefore(file: number, size: number) {
  let tail = Buffer.alloc(0);
  for (let from = size; ; ) {
    const endsAt = tail.lastIndexOf(LINE_FEED);
    const beginsAt = endsAt > 0 ? tail.lastIndexOf(LINE_FEED, endsAt - 1) + 1 : 0;
    if (endsAt >= 0 && (beginsAt > 0 || from === 0)) {
      const text = tail.toString('utf8', beginsAt, endsAt);
      return { text, beginsAt: from + beginsAt, endsAt: from + endsAt + 1 };
    }
    if (from === 0) return undefined;
    const chunk = Buffer.alloc(Math.min(CHUNK_BYTES, from));
    from -= chunk.length;
    readSync(file, chunk, 0, chunk.length, from);
    tail = Buffer.concat([chunk, tail]);
  }
}
