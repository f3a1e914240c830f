import { constants, fstatSync, lstatSync, openSync } from 'node:fs';
import { open, rename, rm } from 'node:fs/promises';

const { O_RDONLY, O_RDWR, O_CREAT, O_APPEND, O_NOFOLLOW, O_NONBLOCK } = constants;

/** A file of a run's folder is a link, a pipe, a device or a folder. */
export class NotAFile extends Error {
  readonly code = 'ERR_DOGPILE_NOT_A_FILE';
}

/**
 * Opens a file for reading. Throws {@link NotAFile} if it is a link or no regular file: what lies in a run's folder may
 * come from a stranger.
 */
export const openToRead = (path: string): number => openRegular(path, O_RDONLY);

/** Opens a file for reading and appending, and creates it. Throws {@link NotAFile} if it is a link or no regular file. */
export const openToAppend = (path: string): number => openRegular(path, O_RDWR | O_CREAT | O_APPEND);

function openRegular(path: string, flags: number): number {
  try {
    // A pipe without a writer would hold up the opening.
    const file = openSync(path, flags | O_NOFOLLOW | O_NONBLOCK, 0o644);
    if (fstatSync(file).isFile()) return file;
  } catch (error) {
    if (!['ELOOP', 'EMLINK', 'ENXIO'].includes((error as NodeJS.ErrnoException).code ?? '')) throw error;
  }
  throw new NotAFile(`${path} is not a regular file`);
}

/** Tells whether there is a folder at this path, and no link to one. */
export function isFolder(path: string): boolean {
  return lstatSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
}

/** Writes a whole file or nothing: under a temporary name, then renamed. Replaces a link, and never follows it. */
export async function writeWhole(path: string, content: string | Uint8Array): Promise<void> {
  const temporary = `${path}.${process.pid}.tmp`;
  const file = await open(temporary, 'wx');
  try {
    await file.writeFile(content);
    await file.sync();
    await file.close();
    await rename(temporary, path);
  } catch (error) {
    await file.close().catch(() => {});
    await rm(temporary, { force: true });
    throw error;
  }
}
