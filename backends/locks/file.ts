import { createHash, randomUUID } from 'node:crypto';
import { constants } from 'node:fs';
import { type FileHandle, link, mkdir, open, rename, stat, unlink } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { StoreUnavailable } from '../../strategies/contract/errors.ts';
import type { Mutex, MutexOptions } from './mutex.ts';

/** What the removal of a stale lock takes, amply. */
const LOOK_AGAIN_MS = 10;

/** A lock is a link to a file of its holder's own, which the holder keeps open. */
interface Held {
  readonly key: string;
  readonly file: FileHandle;
  readonly inode: bigint;
}

/**
 * A lock file on a disk that is shared. It is made as a file with a name of its own and then linked to the lock's name,
 * which fails where that is taken (O_EXCL, and atomic over NFS too). A holder shows that it lives by writing to its file. One
 * that has not done so for a term is stale: one other at a time may move its file aside, looks at it again, and puts it back
 * if it was not as it was. A holder that wakes up between the two, or a mover that is paused there for a term, may meet a
 * second holder; the fence is there for that. Ages are differences of times that the disk wrote, never of the clocks of
 * two machines.
 */
export function fileMutex({ servers: [url = ''], leaseMs, holder, timeoutMs }: MutexOptions): Mutex {
  const folder = fileURLToPath(url);
  const held = new Map<string, Held>();
  let isThere = false;
  const found = mkdir(folder, { recursive: true }).then(() => {
    isThere = true;
  });
  found.catch(() => {});

  const pathOf = (key: string) => `${folder}/${createHash('sha256').update(key).digest('hex')}.lock`;

  /** Takes the file away that is at the path, provided that it is the one that is meant, and still as it was. */
  async function takeAway(path: string, isMeant: (file: Times) => boolean): Promise<void> {
    const aside = `${path}.${randomUUID()}`;
    try {
      await rename(path, aside);
    } catch (error) {
      if (isMissing(error)) return;
      throw error;
    }
    try {
      if (!isMeant(await timesAt(aside))) await link(aside, path).catch(unlessTaken);
    } finally {
      await unlink(aside);
    }
  }

  /** Removes a stale lock; false: somebody else is about to. `own` is this caller's file, just written. */
  async function removeStale(path: string, stale: Times, own: string): Promise<boolean> {
    const guard = `${path}.stale`;
    if (await linked(own, guard)) {
      await takeAway(path, sameAs(stale)).finally(() => unlink(guard).catch(unlessMissing));
      return true;
    }
    // Whoever had the guard may have died over it.
    const [now, other] = [await timesAt(own), await timesAt(guard).catch(unlessMissing)];
    if (other && now.mtimeMs - other.mtimeMs > leaseMs) await takeAway(guard, sameAs(other));
    return false;
  }

  async function tryLock(key: string) {
    await found;
    const [path, token] = [pathOf(key), `${holder}:${randomUUID()}`];
    const own = `${path}.${randomUUID()}`;
    const file = await open(own, constants.O_CREAT | constants.O_EXCL | constants.O_RDWR);
    let kept = false;
    try {
      await file.write(token, 0);
      for (;;) {
        kept = await linked(own, path);
        const { ino: inode, mtimeMs: now } = await file.stat({ bigint: true });
        if (kept) {
          held.set(token, { key, file, inode });
          return { kind: 'locked' as const, token };
        }
        const other = await timesAt(path).catch(unlessMissing);
        const ageMs = other ? Number(now - other.mtimeMs) : Number.POSITIVE_INFINITY;
        if (other && ageMs <= leaseMs) return { kind: 'held' as const, retryAfterMs: leaseMs - ageMs };
        if (other && !(await removeStale(path, other, own)))
          return { kind: 'held' as const, retryAfterMs: LOOK_AGAIN_MS };
      }
    } finally {
      await unlink(own);
      if (!kept) await file.close();
    }
  }

  async function extend(key: string, token: string): Promise<boolean> {
    const lock = held.get(token);
    if (lock?.key !== key) return false;
    // First the sign of life, then the look: whoever found the file stale before looks again after moving it.
    await lock.file.write(token, 0);
    const now = await timesAt(pathOf(key)).catch(unlessMissing);
    if (now?.ino === lock.inode) return true;
    if (held.delete(token)) await lock.file.close();
    return false;
  }

  async function unlock(key: string, token: string): Promise<void> {
    const lock = held.get(token);
    if (lock?.key !== key) return;
    held.delete(token);
    await lock.file.close();
    const now = await timesAt(pathOf(key)).catch(unlessMissing);
    if (now?.ino === lock.inode) await takeAway(pathOf(key), ({ ino }) => ino === lock.inode);
  }

  async function inTime<T>(work: Promise<T>, undo?: (late: T) => Promise<unknown>): Promise<T> {
    const stop = new AbortController();
    const late = sleep(timeoutMs, undefined, { signal: stop.signal }).then(() => {
      throw new Error(`no answer within ${timeoutMs} ms`);
    });
    late.catch(() => {});
    try {
      return await Promise.race([work, late]);
    } catch (cause) {
      work.then(undo).catch(() => {});
      throw new StoreUnavailable(`the lock folder: ${(cause as Error).message}`, { cause });
    } finally {
      stop.abort();
    }
  }

  return {
    tryLock: (key) =>
      inTime(tryLock(key), async (late) => {
        if (late.kind === 'locked') await unlock(key, late.token);
      }),
    extend: (key, token) => inTime(extend(key, token)),
    unlock: (key, token) => inTime(unlock(key, token)),
    ready: () => isThere,
    close() {
      // As a process that ends: the files stay, and are stale in a term.
      for (const { file } of held.values()) void file.close();
      held.clear();
    },
  };
}

type Times = Awaited<ReturnType<typeof timesAt>>;
const timesAt = (path: string) => stat(path, { bigint: true });
const sameAs = (one: Times) => (other: Times) => one.ino === other.ino && one.mtimeNs === other.mtimeNs;

async function linked(existing: string, path: string): Promise<boolean> {
  try {
    await link(existing, path);
    return true;
  } catch (error) {
    unlessTaken(error);
    return false;
  }
}

const isMissing = (error: unknown) => (error as NodeJS.ErrnoException).code === 'ENOENT';

function unlessMissing(error: unknown): undefined {
  if (!isMissing(error)) throw error;
}

function unlessTaken(error: unknown): void {
  if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
}
