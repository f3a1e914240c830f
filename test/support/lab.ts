import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readlinkSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { noteJudged } from './judged-runs.ts';

const CLI = fileURLToPath(new URL('../../lab/cli.ts', import.meta.url));

/** A folder to run the lab in: everything it starts has it as its working directory, and so can be found. */
export function labFolder(): { path: string; remove(): void } {
  const path = mkdtempSync(join(tmpdir(), 'dogpile-'));
  const remove = () => {
    noteJudged(path);
    rmSync(path, { recursive: true, force: true });
  };
  return { path, remove };
}

export interface LabRun {
  readonly child: ChildProcess;
  readonly out: () => string;
  readonly err: () => string;
  /** The exit status, or the signal it died of. */
  readonly ended: Promise<number | string>;
}

export function startLab(
  folder: string,
  args: readonly string[],
  env: NodeJS.ProcessEnv = process.env,
): LabRun {
  const child = spawn(process.execPath, [CLI, ...args], {
    cwd: folder,
    // Processes, unless a test types otherwise: with `auto` it would be another test on another machine.
    env: { ...env, DOGPILE_RUNTIME: 'local' },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let out = '';
  let err = '';
  child.stdout.on('data', (chunk) => {
    out += chunk;
  });
  child.stderr.on('data', (chunk) => {
    err += chunk;
  });
  const ended = once(child, 'close').then(([code, signal]) => code ?? signal);
  return { child, out: () => out, err: () => err, ended };
}

export async function runLab(folder: string, args: readonly string[], env?: NodeJS.ProcessEnv) {
  const run = startLab(folder, args, env);
  const status = await run.ended;
  return { status, out: run.out(), err: run.err() };
}

/** Pids of the processes that run in the folder. */
export function processesIn(folder: string): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((pid) => {
      try {
        return readlinkSync(`/proc/${pid}/cwd`) === folder;
      } catch {
        return false;
      }
    });
}

/** Waits until the condition holds; fails when it does not within the time. */
export async function eventually(what: string, condition: () => boolean, withinMs: number): Promise<void> {
  const giveUpAt = performance.now() + withinMs;
  while (!condition()) {
    if (performance.now() > giveUpAt) throw new Error(`${what} did not happen within ${withinMs} ms`);
    await sleep(25);
  }
}
