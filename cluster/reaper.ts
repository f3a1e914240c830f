import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { removeProject } from './compose/project.ts';
import type { Guard } from './guard.ts';

export interface Reaper extends Guard {
  /** Makes everything of that Compose project the reaper's to remove. */
  adopt(project: string): void;
  /** Lets the reaper go, and with it whoever is left. */
  dismiss(): void;
}

/**
 * Starts a process that outlives the lab by a moment: told of every pid and Compose project over a pipe, it ends those
 * that are left when the pipe closes, however the lab ended. Stopped processes and paused containers die too.
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
    adopt: (project) => reaper.stdin.write(`project ${project}\n`),
    dismiss: () => reaper.stdin.end(),
  };
}

/** What the engine was asked to make when the lab died may still come. */
const LATECOMERS_MS = 1000;

async function reap(): Promise<void> {
  const alive = new Set<number>();
  const projects = new Set<string>();
  for await (const line of createInterface({ input: process.stdin })) {
    const [, project] = /^project (.+)$/.exec(line) ?? [];
    if (project) {
      projects.add(project);
      continue;
    }
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
  for (const project of projects) {
    await removeProject(project);
    if (alive.size === 0) continue;
    await sleep(LATECOMERS_MS);
    await removeProject(project);
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await reap();
