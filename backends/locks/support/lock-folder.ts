import { createHash, randomUUID } from 'node:crypto';
import { constants } from 'node:fs';
import { type FileHandle, open, unlink } from 'node:fs/promises';
import type { Tried } from '../mutex.ts';
import { removeIf, removeStale, statusIfThere, tryLink } from './lock-file.ts';

/** More than the removal of a stale lock takes. */
const LOOK_AGAIN_MS = 10;

/** A held lock: a link to the holder's own file, which the holder keeps open. */
interface HeldLock {
  readonly key: string;
  readonly file: FileHandle;
  readonly inode: bigint;
}

/** The lock files of an existing folder, and the locks that this process holds. Nothing here has a time-out. */
export class LockFolder {
  readonly #folder: string;
  readonly #leaseMs: number;
  readonly #holder: string;
  readonly #held = new Map<string, HeldLock>();

  constructor(folder: string, { leaseMs, holder }: { readonly leaseMs: number; readonly holder: string }) {
    this.#folder = folder;
    this.#leaseMs = leaseMs;
    this.#holder = holder;
  }

  async tryLock(key: string): Promise<Tried> {
    const [path, token] = [this.#pathOf(key), `${this.#holder}:${randomUUID()}`];
    const own = `${path}.${randomUUID()}`;
    const file = await open(own, constants.O_CREAT | constants.O_EXCL | constants.O_RDWR);
    let isLocked = false;
    try {
      await file.write(token, 0);
      for (;;) {
        isLocked = await tryLink(own, path);
        const { ino: inode, mtimeMs: now } = await file.stat({ bigint: true });
        if (isLocked) {
          this.#held.set(token, { key, file, inode });
          return { kind: 'locked', token };
        }
        const other = await statusIfThere(path);
        // It was released meanwhile: the next link may succeed.
        if (!other) continue;
        const ageMs = Number(now - other.mtimeMs);
        if (ageMs <= this.#leaseMs) return { kind: 'held', retryAfterMs: this.#leaseMs - ageMs };
        if (!(await removeStale(path, other, own, this.#leaseMs)))
          return { kind: 'held', retryAfterMs: LOOK_AGAIN_MS };
      }
    } finally {
      await unlink(own);
      if (!isLocked) await file.close();
    }
  }

  async extend(key: string, token: string): Promise<boolean> {
    const lock = this.#lockOf(key, token);
    if (!lock) return false;
    // Write first, then look: a caller that found the file stale before looks again after it has moved it.
    await lock.file.write(token, 0);
    const now = await statusIfThere(this.#pathOf(key));
    if (now?.ino === lock.inode) return true;
    if (this.#held.delete(token)) await lock.file.close();
    return false;
  }

  async unlock(key: string, token: string): Promise<void> {
    const lock = this.#lockOf(key, token);
    if (!lock) return;
    this.#held.delete(token);
    await lock.file.close();
    const path = this.#pathOf(key);
    const now = await statusIfThere(path);
    if (now?.ino === lock.inode) await removeIf(({ ino }) => ino === lock.inode, path);
  }

  /** Closes the files but leaves them behind, as a process that ends does: they are stale after a term. */
  close(): void {
    for (const { file } of this.#held.values()) void file.close();
    this.#held.clear();
  }

  #pathOf(key: string): string {
    return `${this.#folder}/${createHash('sha256').update(key).digest('hex')}.lock`;
  }

  #lockOf(key: string, token: string): HeldLock | undefined {
    const lock = this.#held.get(token);
    return lock?.key === key ? lock : undefined;
  }
}
