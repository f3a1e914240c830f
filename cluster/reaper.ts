import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { removeProject } from './compose/project.ts';
import type { Guard } from './guard.ts';
import { type Killable, killExactly } from './kill.ts';
import { identityOf } from './process-identity.ts';

export interface Reaper extends Guard {
  /** Makes everything of that Compose project the reaper's to remove. */
  adopt(project: string): void;
  /** Lets everything live that was started or adopted up to now. Resolves once the reaper has been told. */
  release(): Promise<void>;
  /** Ends the reaper, which first kills and removes whatever is left. */
  dismiss(): void;
}

/** What the lab tells the reaper, a line of JSON each. */
type Order =
  | { readonly started: Killable }
  | { readonly ended: number }
  | { readonly adopt: string }
  | { readonly release: true };

/**
 * Starts a process that outlives the lab by a moment: told of every process and Compose project over a pipe, it ends
 * those that are left when the pipe closes, however the lab ended. Stopped processes and paused containers die too. It
 * knows each process by more than its pid, so that it kills no other.
 */
export function startReaper(): Reaper {
  const reaper = spawn(process.execPath, [fileURLToPath(import.meta.url)], {
    stdio: ['pipe', 'ignore', 'ignore'],
    detached: true,
  });
  reaper.unref();
  // Without a pipe the reaper did not start; the error that says why is on its way, and ends the lab.
  const pipe: typeof reaper.stdin | null = reaper.stdin;
  // A reaper that is gone must not take the lab with it.
  pipe?.on('error', () => {});
  const tell = (order: Order, told?: () => void) => pipe?.write(`${JSON.stringify(order)}\n`, told);
  return {
    started(pid) {
      const identity = identityOf(Math.abs(pid));
      if (identity) tell({ started: { ...identity, ...(pid < 0 && { group: true }) } });
    },
    ended: (pid) => tell({ ended: Math.abs(pid) }),
    adopt: (project) => tell({ adopt: project }),
    // The process that exits right after this must not leave the order in its own memory.
    release: () => new Promise((resolve) => tell({ release: true }, () => resolve())),
    dismiss: () => pipe?.end(),
  };
}

/** What the engine was asked to make when the lab died may still come. */
const LATECOMERS_MS = 1000;

async function reap(): Promise<void> {
  const alive = new Map<number, Killable>();
  const projects = new Set<string>();
  for await (const line of createInterface({ input: process.stdin })) {
    const order = JSON.parse(line) as Order;
    if ('started' in order) alive.set(order.started.pid, order.started);
    else if ('ended' in order) alive.delete(order.ended);
    else if ('adopt' in order) projects.add(order.adopt);
    else {
      alive.clear();
      projects.clear();
    }
  }
  for (const one of alive.values()) {
    try {
      killExactly(one);
    } catch {
      // One that cannot be killed does not save the others.
    }
  }
  for (const project of projects) {
    await removeProject(project).catch(() => {});
    if (alive.size === 0) continue;
    await sleep(LATECOMERS_MS);
    await removeProject(project).catch(() => {});
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await reap();
