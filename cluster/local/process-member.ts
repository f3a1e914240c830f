import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { openSync } from 'node:fs';
import { MemberFailed } from '../../services/shared/lab-errors.ts';
import { until } from '../../services/shared/until.ts';
import type { Guard } from '../guard.ts';

export interface MemberSpec {
  readonly name: string;
  readonly command: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly logPath: string;
  /** Whether it serves. */
  readonly ready: () => Promise<boolean>;
  /** How long it may drain when it is stopped. */
  readonly drainMs?: number;
  /** It has workers in its process group that live on when it is killed. */
  readonly workers?: boolean | undefined;
}

const PROCESS_READY_WITHIN_MS = 20_000;
/** What ending takes beyond a drain. */
const END_WITHIN_MS = 3000;

/** One process of the cluster, in a process group of its own: the terminal's Ctrl-C is the lab's to handle. */
export class ProcessMember {
  readonly spec: MemberSpec;
  readonly #guard: Guard;
  #child: ChildProcess | undefined;
  #exited: Promise<unknown> = Promise.resolve();
  /** Nobody told it to end, and yet it did. */
  failed = false;

  constructor(spec: MemberSpec, guard: Guard) {
    this.spec = spec;
    this.#guard = guard;
  }

  get pid(): number | undefined {
    return this.#child?.pid;
  }

  /** Does nothing where it runs already. */
  async start(signal: AbortSignal): Promise<void> {
    if (this.#child) return;
    const { command, args, env, logPath } = this.spec;
    const log = openSync(logPath, 'a');
    const child = spawn(command, args, {
      env: { PATH: process.env.PATH, NODE_COMPILE_CACHE: process.env.NODE_COMPILE_CACHE, ...env },
      stdio: ['ignore', log, log],
      detached: true,
    });
    this.#exited = once(child, 'exit');
    await once(child, 'spawn');
    child.unref();
    this.#child = child;
    const guarded = toKill({ ...this.spec, pid: child.pid as number });
    this.#guard.started(guarded);
    child.on('exit', () => {
      if (this.spec.workers) this.#killAll(child);
      this.#guard.ended(guarded);
      if (this.#child === child) {
        this.failed = true;
        this.#child = undefined;
      }
    });
    await this.#untilReady(signal);
  }

  async #untilReady(signal: AbortSignal): Promise<void> {
    const { name, logPath, ready } = this.spec;
    const look = async () => {
      const is = await ready().catch(() => false);
      if (!is && !this.#child) throw new MemberFailed(`${name} ended while starting; its log: ${logPath}`);
      return is;
    };
    await until(`the start of ${name} (log: ${logPath})`, look, {
      withinMs: PROCESS_READY_WITHIN_MS,
      everyMs: 25,
      signal,
    });
  }

  pause(): void {
    this.#child?.kill('SIGSTOP');
  }

  resume(): void {
    this.#child?.kill('SIGCONT');
  }

  async kill(): Promise<void> {
    await this.#endBy('SIGKILL');
  }

  /** Has it finish what it has begun, and makes it end where it does not. */
  async stop(): Promise<void> {
    this.resume();
    await this.#endBy('SIGTERM', this.spec.drainMs);
  }

  /** Has it end without a drain, and makes it where it does not. */
  async end(): Promise<void> {
    this.resume();
    await this.#endBy('SIGINT');
  }

  async #endBy(signal: 'SIGKILL' | 'SIGTERM' | 'SIGINT', drainMs = 0): Promise<void> {
    const child = this.#child;
    if (!child) return;
    this.#child = undefined;
    if (signal === 'SIGKILL') this.#killAll(child);
    else child.kill(signal);
    const force = setTimeout(() => this.#killAll(child), drainMs + END_WITHIN_MS);
    await this.#exited;
    clearTimeout(force);
  }

  #killAll({ pid }: ChildProcess): void {
    if (pid !== undefined) kill({ ...this.spec, pid });
  }
}

/** What a process is killed by: its pid, or its group's number where it has workers. */
const toKill = ({ pid, workers }: Pick<MemberSpec, 'workers'> & { readonly pid: number }) =>
  workers ? -pid : pid;

/** Kills a process with its workers. Safe to call when they are gone. */
export function kill(member: Parameters<typeof toKill>[0]): void {
  try {
    process.kill(toKill(member), 'SIGKILL');
  } catch {
    // Gone already.
  }
}
