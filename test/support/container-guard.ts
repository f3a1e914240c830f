import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { after } from 'node:test';

/** What the containers of a test process are known by. */
export const LABEL = 'dogpile.test-process';

const REMOVE = `
read _
docker ps --all --quiet --filter "label=$0" | xargs -r docker rm --force --volumes`;

let guard: ReturnType<typeof startGuard> | undefined;

// Here and not where the first container is asked for: what is set up in a test ends with that test.
after(() => guard?.end());

/**
 * What containers are to be labelled with so that they go when this process does, however it ends: that closes the pipe
 * which the guard reads. Ask from a file that imports this one before its tests begin: when they are over it waits.
 */
export function removedWithUs(): string {
  guard ??= startGuard(randomUUID());
  return guard.session;
}

function startGuard(session: string) {
  // Ctrl-C is for the tests, not for who clears up behind them.
  const child = spawn('sh', ['-c', REMOVE, `${LABEL}=${session}`], {
    stdio: ['pipe', 'ignore', 'ignore'],
    detached: true,
  });
  child.unref();
  return {
    session,
    async end() {
      child.ref();
      const removed = once(child, 'exit');
      child.stdin.end();
      await removed;
    },
  };
}
