import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { Guard } from './member.ts';

export interface Reaper extends Guard {
  /** Lets the reaper go, and with it whoever is left. */
  dismiss(): void;
}

/**
 * Starts a process that outlives the lab by a moment: told of every pid over a pipe, it kills those that are left when
 * the pipe closes, however the lab ended. Stopped processes die too.
 */
export function startReaper(): Reaper {
  const reaper = spawn(process.execPath, [fileURLToPath(import.meta.url)], {
    stdio: ['pipe', 'ignore', 'ignore'],
    detached: true,
  });
  reaper.unref();
  // A reaper that is gone must not take the lab with it.
  reaper.stdin.on('error', () => {});
  return {
    started: (pid) => reaper.stdin.write(`+${pid}\n`),
    ended: (pid) => reaper.stdin.write(`-${pid}\n`),
    dismiss: () => reaper.stdin.end(),
  };
}

/** Guards nothing, for a cluster that is meant to stay. */
export const noGuard: Guard = { started: () => {}, ended: () => {} };

async function reap(): Promise<void> {
  const alive = new Set<number>();
  for await (const line of createInterface({ input: process.stdin })) {
    const pid = Number(line.slice(1));
    if (line.startsWith('+')) alive.add(pid);
    else alive.delete(pid);
  }
  for (const pid of alive) {
    try {
      process.kill(pid, 'SIGKILL');
    } catch {
      // Gone already.
    }
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await reap();
