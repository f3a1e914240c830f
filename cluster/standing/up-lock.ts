import { closeSync, mkdirSync, openSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { identityOf, isAlive, type ProcessIdentity } from '../process-identity.ts';
import { nameOf, ownerIn } from '../targets/owned-name.ts';

/** The folder with the claims of the labs that start a standing cluster: empty files whose names say who. */
export const UP_LOCK = '.lab/up.lock';

/** Two labs that see each other's claims both withdraw; so often each tries again before it gives up. */
const ATTEMPTS = 5;
const WITHDRAWN_MS = { least: 20, most: 100 };

/**
 * Makes this process the only one that starts a standing cluster. Gives what ends that, or the pid of the process in
 * whose way it would be. Each process writes its claim first and then looks for others, so that two never both get the
 * lock. A claim ends with its owner.
 */
export async function lockUp(folder = UP_LOCK): Promise<(() => void) | { readonly heldBy: number }> {
  const self = identityOf(process.pid) ?? { pid: process.pid };
  const mine = join(folder, nameOf(self));
  const release = () => rmSync(mine, { force: true });
  mkdirSync(folder, { recursive: true });
  for (let attempt = 1; ; attempt++) {
    closeSync(openSync(mine, 'w'));
    const other = claimsIn(folder).find(({ pid }) => pid !== self.pid);
    if (!other) return release;
    release();
    if (attempt === ATTEMPTS) return { heldBy: other.pid };
    await sleep(WITHDRAWN_MS.least + Math.random() * (WITHDRAWN_MS.most - WITHDRAWN_MS.least));
  }
}

/** Lists who claims the lock and lives. Removes the claims of the dead: nobody ever has their identity again. */
function claimsIn(folder: string): ProcessIdentity[] {
  return readdirSync(folder).flatMap((name) => {
    const owner = ownerIn(name);
    if (owner && isAlive(owner)) return [owner];
    rmSync(join(folder, name), { force: true, recursive: true });
    return [];
  });
}
