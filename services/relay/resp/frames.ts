const EMPTY = Buffer.alloc(0);

/** How a value goes on after its first line. */
const LINES = new Set([...'+-:_,#(']);
const BULKS = new Set([...'$!=']);
/** Values per element. An attribute comes before the value that it describes. */
const AGGREGATES: Readonly<Record<string, number>> = { '*': 1, '~': 1, '>': 1, '%': 2, '|': 2 };

/** Where a value ends, how many bytes it needs at least, or that the bytes are no RESP. */
type Found = { readonly end: number } | { readonly needs: number } | 'foreign';

/**
 * Cuts a stream of RESP (2 or 3) into its values, without changing a byte. No client's parser says where in the bytes a
 * value ends, so this one does; it reads lengths only.
 */
export class Frames {
  #chunks: Buffer[] = [];
  #have = 0;
  #needs = 1;
  /** False once there were bytes that are no RESP, or values of a length that nobody announced. */
  readable = true;

  /** Gives every value that is whole with this chunk. If the stream is not readable, gives all bytes as they are. */
  cut(chunk: Buffer): Buffer[] {
    this.#chunks.push(chunk);
    this.#have += chunk.length;
    if (!this.readable) return this.rest();
    // A big value comes in many chunks: it is put together once.
    if (this.#have < this.#needs) return [];
    const bytes = this.#take();
    const frames: Buffer[] = [];
    let at = 0;
    while (at < bytes.length) {
      const found = valueAt(bytes, at);
      if (found === 'foreign') {
        this.readable = false;
        return [...frames, bytes.subarray(at)];
      }
      if ('needs' in found) {
        this.#keep(bytes.subarray(at), found.needs - at);
        break;
      }
      frames.push(bytes.subarray(at, found.end));
      at = found.end;
    }
    return frames;
  }

  /** Takes out what is there of the next value. */
  rest(): Buffer[] {
    return this.#have > 0 ? [this.#take()] : [];
  }

  #take(): Buffer {
    const [first = EMPTY, ...more] = this.#chunks;
    const bytes = more.length > 0 ? Buffer.concat(this.#chunks) : first;
    this.#keep(EMPTY, 1);
    return bytes;
  }

  #keep(bytes: Buffer, needs: number): void {
    this.#chunks = bytes.length > 0 ? [bytes] : [];
    this.#have = bytes.length;
    this.#needs = needs;
  }
}

function valueAt(bytes: Buffer, start: number): Found {
  let at = start;
  let left = 1;
  while (left > 0) {
    const type = String.fromCharCode(bytes[at] ?? 0);
    const lineEnd = bytes.indexOf('\r\n', at, 'latin1');
    if (lineEnd < 0) return { needs: bytes.length + 1 };
    const length = Number(bytes.toString('latin1', at + 1, lineEnd));
    const perElement = AGGREGATES[type];
    at = lineEnd + 2;
    left -= 1;
    if (LINES.has(type)) continue;
    if (!Number.isInteger(length)) return 'foreign';
    if (perElement !== undefined) left += Math.max(0, length) * perElement + (type === '|' ? 1 : 0);
    else if (!BULKS.has(type)) return 'foreign';
    else if (length >= 0) at += length + 2;
    if (at > bytes.length) return { needs: at };
  }
  return { end: at };
}
