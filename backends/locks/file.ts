import { mkdir } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import type { Mutex, MutexOptions } from './mutex.ts';
import { inTime } from './support/in-time.ts';
import { LockFolder } from './support/lock-folder.ts';

/**
 * A lock file on a shared disk. Each caller creates a file with a name of its own and links it to the lock's name, which
 * fails if that is taken (O_EXCL, and atomic over NFS too). A holder shows that it lives by writing to its file. A file
 * without a write for a whole term is stale. One caller at a time may then move it aside, look at it again, and put it
 * back if it has changed. There may be two holders if the holder wakes up between the two looks, or if the mover is paused
 * there for a term; the fence guards against that. An age is a difference of two times that the disk wrote, never of two
 * machines' clocks.
 */
export function fileMutex({ servers: [url = ''], leaseMs, holder, timeoutMs }: MutexOptions): Mutex {
  const path = fileURLToPath(url);
  const folder = new LockFolder(path, { leaseMs, holder });
  const deadline = { timeoutMs, target: 'the lock folder' };
  let isThere = false;
  const found = mkdir(path, { recursive: true }).then(() => {
    isThere = true;
  });
  found.catch(() => {});

  return {
    tryLock(key) {
      const trying = found.then(() => folder.tryLock(key));
      const unlockLate = async () => {
        const late = await trying;
        if (late.kind === 'locked') await folder.unlock(key, late.token);
      };
      return inTime(deadline, trying, () => unlockLate().catch(() => {}));
    },
    extend: (key, token) => inTime(deadline, folder.extend(key, token)),
    unlock: (key, token) => inTime(deadline, folder.unlock(key, token)),
    ready: () => isThere,
    close: () => folder.close(),
  };
}
