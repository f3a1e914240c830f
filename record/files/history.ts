import { createHash, type Hash } from 'node:crypto';
import { closeSync, existsSync, readSync } from 'node:fs';
import { basename } from 'node:path';
import type { Arrival } from '../arrival.ts';
import type { History } from '../facts.ts';
import type { FileSeal } from '../run.ts';
import type { WallMs } from '../times.ts';
import { flawOf } from './arrival-shape.ts';
import { NotAFile, openToRead } from './own-file.ts';

/** The most that is in memory of the file at once. A longer line is damage. */
const CHUNK_BYTES = 1 << 16;
const NEWLINE = 10;

/**
 * Reads a history from its file, line by line, each time that it is iterated: never more than {@link CHUNK_BYTES} of it at
 * once. Reading ends at the first damage, which `damage` then names; nothing is thrown. Give the seal, and a whole
 * reading is compared with it.
 */
export const readHistory = (path: string, known: KnownOfHistory = {}): History =>
  new HistoryFile(path, known);

/** What a run's other files say of its history: its seal, and when the run began. */
export interface KnownOfHistory {
  readonly seal?: FileSeal | undefined;
  readonly startedAt?: WallMs;
}

/** No run lasts longer. A time far away would make whoever counts by the minute count for ever. */
const LONGEST_RUN_MS = 7 * 86_400_000;
/** Of several clocks. */
const EARLY_MS = 60_000;

/** Tells whether a moment can belong to a run that began then. */
export const isWithinRun = (atMs: WallMs, startedAt: WallMs): boolean =>
  atMs >= startedAt - EARLY_MS && atMs <= startedAt + LONGEST_RUN_MS;

class HistoryFile implements History {
  readonly #path: string;
  readonly #seal: FileSeal | undefined;
  readonly #startedAt: WallMs | undefined;
  damage: string | undefined;

  constructor(path: string, { seal, startedAt }: KnownOfHistory) {
    this.#path = path;
    this.#seal = seal;
    this.#startedAt = startedAt;
  }

  get isSealed(): boolean {
    return this.#seal !== undefined;
  }

  *[Symbol.iterator](): Iterator<Arrival> {
    const name = basename(this.#path);
    this.damage = undefined;
    if (!existsSync(this.#path)) {
      this.damage = `${name} is missing`;
      return;
    }
    try {
      yield* this.#arrivals(name);
    } catch (error) {
      this.damage = error instanceof NotAFile ? `${name} is not a regular file` : `${name} cannot be read`;
    }
  }

  *#arrivals(name: string): Generator<Arrival> {
    const hash = this.#seal && createHash('sha256');
    let lines = 0;
    let lastEndedAt = 0;
    for (const text of linesOf(this.#path, hash)) {
      lines += 1;
      const line = parsed(text);
      const flaw =
        line === undefined
          ? notJson(text)
          : (flawOf(line) ?? disorder(line as Arrival, lastEndedAt) ?? this.#strayed(line as Arrival));
      if (flaw !== undefined) {
        this.damage = `${name}: line ${lines} ${flaw}`;
        return;
      }
      const arrival = line as Arrival;
      lastEndedAt = arrival.endedAt ?? lastEndedAt;
      yield arrival;
    }
    this.damage = this.#seal && brokenSeal(name, this.#seal, lines, hash?.digest('hex'));
  }

  #strayed({ dueAt }: Arrival): string | undefined {
    return this.#startedAt === undefined || isWithinRun(dueAt, this.#startedAt)
      ? undefined
      : 'is not of the time of the run';
  }
}

/** Unsent arrivals have no ending; they come when they fell due, and the herd looks for that once per tick only. */
const disorder = ({ endedAt }: Arrival, lastEndedAt: WallMs): string | undefined =>
  endedAt !== undefined && endedAt < lastEndedAt ? 'is not in the order of the endings' : undefined;

const notJson = (text: string | undefined): string =>
  text === undefined ? `is cut short, or longer than ${CHUNK_BYTES} bytes` : 'is not JSON';

function brokenSeal(
  name: string,
  seal: FileSeal,
  lines: number,
  sha256: string | undefined,
): string | undefined {
  if (seal.broken !== undefined) return `${name} is not complete: ${seal.broken}`;
  if (lines !== seal.lines) {
    const [by, than] = lines < seal.lines ? [seal.lines - lines, 'less'] : [lines - seal.lines, 'more'];
    return `${name} has ${by} ${by === 1 ? 'line' : 'lines'} ${than} than facts.json says`;
  }
  return sha256 === seal.sha256 ? undefined : `${name} differs from its digest in facts.json`;
}

/** Gives a line's value; undefined if it is not JSON. */
function parsed(text: string | undefined): unknown {
  if (text === undefined) return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Gives the lines of a file, and undefined at last if a line has no end within {@link CHUNK_BYTES}. */
function* linesOf(path: string, hash: Hash | undefined): Generator<string | undefined> {
  const file = openToRead(path);
  try {
    const chunk = Buffer.allocUnsafe(CHUNK_BYTES);
    /** What the chunk has of a line that has not ended. */
    let rest = 0;
    for (;;) {
      const bytes = readSync(file, chunk, rest, CHUNK_BYTES - rest, null);
      if (bytes === 0) break;
      hash?.update(chunk.subarray(rest, rest + bytes));
      const end = chunk.lastIndexOf(NEWLINE, rest + bytes - 1) + 1;
      yield* linesIn(chunk.toString('utf8', 0, end));
      chunk.copyWithin(0, end, rest + bytes);
      rest += bytes - end;
    }
    if (rest > 0) yield undefined;
  } finally {
    closeSync(file);
  }
}

function* linesIn(text: string): Generator<string> {
  for (let from = 0; from < text.length; ) {
    const to = text.indexOf('\n', from);
    yield text.slice(from, to);
    from = to + 1;
  }
}
