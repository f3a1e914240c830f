import { crc32 } from 'node:zlib';

/** What a journal adds to each line: its number, from 1 on, and the CRC-32 of the rest of the line. */
interface Sealed {
  readonly seq: number;
  readonly crc: string;
}

/** A line that is whole, or what is wrong with it. */
export type OpenedLine<T> =
  | { readonly seq: number; readonly line: T }
  | { readonly damage: 'is not JSON' | 'does not match its checksum' };

const SEAL = /,"crc":"([0-9a-f]{8})"\}$/;

/** Writes a line of a journal: a JSON object that begins with `seq` and ends with `crc`, without a line feed. */
export function sealLine(seq: number, line: object): string {
  const open = JSON.stringify({ seq, ...line });
  return `${open.slice(0, -1)},"crc":"${checksumOf(open)}"}`;
}

/** Reads a line that {@link sealLine} wrote, and checks it. */
export function openLine<T extends object>(text: string): OpenedLine<T> {
  const [seal, crc] = SEAL.exec(text) ?? [];
  if (seal === undefined) return { damage: 'is not JSON' };
  if (checksumOf(`${text.slice(0, -seal.length)}}`) !== crc) return { damage: 'does not match its checksum' };
  try {
    const { seq, crc: _, ...line } = JSON.parse(text) as Sealed;
    return { seq, line: line as T };
  } catch {
    return { damage: 'is not JSON' };
  }
}

const checksumOf = (open: string): string => crc32(open).toString(16).padStart(8, '0');
