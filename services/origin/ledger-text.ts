import { closeSync, fstatSync, readSync } from 'node:fs';
import { openToRead } from '../../record/files/own-file.ts';

/** So much of a ledger is in one answer at most. No line is nearly as long. */
const MOST_BYTES = 1 << 18;
const LINE_FEED = 0x0a;

/** A part of a ledger: whole lines, and the byte at which the next part begins. */
export interface LedgerText {
  readonly next: number;
  readonly text: string;
}

/** Reads the whole lines from a byte of the ledger on, but not all at once. Without `from`: none, and where the next one will be. */
export function ledgerTextFrom(path: string, from?: number): LedgerText {
  const file = openToRead(path);
  try {
    const { size } = fstatSync(file);
    const bytes = Buffer.alloc(from === undefined ? 0 : Math.min(MOST_BYTES, Math.max(0, size - from)));
    const read = readSync(file, bytes, 0, bytes.length, from ?? size);
    const whole = bytes.lastIndexOf(LINE_FEED, read - 1) + 1;
    return { next: (from ?? size) + whole, text: bytes.toString('utf8', 0, whole) };
  } finally {
    closeSync(file);
  }
}
