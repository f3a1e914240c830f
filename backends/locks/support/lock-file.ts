import { randomUUID } from 'node:crypto';
import { link, rename, stat, unlink } from 'node:fs/promises';

/** What distinguishes one file from another, and from itself after a write. All times are the disk's own. */
type FileStatus = Awaited<ReturnType<typeof readStatus>>;

const readStatus = (path: string) => stat(path, { bigint: true });

/** Reads a file's status; undefined when there is no file. */
export const statusIfThere = (path: string) => readStatus(path).catch(unlessMissing);

const sameAs = (one: FileStatus) => (other: FileStatus) =>
  one.ino === other.ino && one.mtimeNs === other.mtimeNs;

/** Gives a file a second name; false if that name is taken. */
export async function tryLink(existing: string, path: string): Promise<boolean> {
  try {
    await link(existing, path);
    return true;
  } catch (error) {
    unlessTaken(error);
    return false;
  }
}

/**
 * Removes the file at `path` if it is the one that is meant. Moves it aside first, where nobody can replace it, and looks
 * at it there. Puts any other file back, unless there is a new one at `path` by then.
 */
export async function removeIf(isMeant: (file: FileStatus) => boolean, path: string): Promise<void> {
  const aside = `${path}.${randomUUID()}`;
  try {
    await rename(path, aside);
  } catch (error) {
    return unlessMissing(error);
  }
  try {
    if (!isMeant(await readStatus(aside))) await link(aside, path).catch(unlessTaken);
  } finally {
    await unlink(aside);
  }
}

/**
 * Removes the lock file at `path` if it is still as `found`. Only one caller does this at a time: the one that links `own`,
 * a file just written, to the guard beside the lock. False: somebody else is about to remove it.
 */
export async function removeStale(
  path: string,
  found: FileStatus,
  own: string,
  leaseMs: number,
): Promise<boolean> {
  const guard = `${path}.stale`;
  if (await tryLink(own, guard)) {
    await removeIf(sameAs(found), path).finally(() => unlink(guard).catch(unlessMissing));
    return true;
  }
  // The caller with the guard may have died meanwhile.
  const [now, other] = [await readStatus(own), await statusIfThere(guard)];
  if (other && now.mtimeMs - other.mtimeMs > leaseMs) await removeIf(sameAs(other), guard);
  return false;
}

function unlessMissing(error: unknown): undefined {
  if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
}

function unlessTaken(error: unknown): void {
  if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
}
