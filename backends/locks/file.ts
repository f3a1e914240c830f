import { mkdir } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import type { Mutex, MutexOptions } from './mutex.ts';
import { inTime } from './support/in-time.ts';
import { LockFolder } from './support/lock-folder.ts';

/**
 * A lock file on a disk that is shared. It is made as a file with a name of its own and then linked to the lock's name,
 * which fails where that is taken (O_EXCL, and atomic over NFS too). A holder shows that it lives by writing to its file. One
 * that has not done so for a term is stale: one other at a time may move its file aside, looks at it again, and puts it back
 * if it was not as it was. A holder that wakes up between the two, or a mover that is paused there for a term, may meet a
 * second holder; the fence is there for that. Ages are differences of times that the disk wrote, never of the clocks of
 * two machines.
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
