import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync } from 'node:fs';
import { MemberFailed } from '../../services/shared/lab-errors.ts';
import { NotInTime, until } from '../../services/shared/until.ts';
import type { Guard } from '../guard.ts';
import { signal as send } from '../kill.ts';
import { groupLives } from '../own/process-group.ts';
import { identityOf } from '../process-identity.ts';

export interface MemberSpec {
  readonly name: string;
  readonly command: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly logPath: string;
  /** Tells whether the process with this pid serves, and not another at its address. */
  readonly ready: (pid: number) => Promise<boolean>;
  /** How long it may drain when it is stopped. */
  readonly drainMs?: number;
  /** It has workers in its process group that live on when it is killed. */
  readonly workers?: boolean | undefined;
  /** What runs may be any process of its group: each gets every signal, and it has ended when none of them is left. */
  readonly group?: boolean;
  readonly readyWithinMs?: number;
  /** Makes the error if it does not become ready. Default: one that names the log. */
  readonly failure?: (why: StartFailure) => Error;
}

/** Why a process did not become ready. */
export interface StartFailure {
  readonly name: string;
  readonly logPath: string;
  /** The exit status, or the signal that ended it; absent if it still runs. */
  readonly ended?: number | NodeJS.Signals;
  /** What kept it from being ready at the last look. */
  readonly lastly?: string;
  readonly withinMs: number;
}

const PROCESS_READY_WITHIN_MS = 20_000;
/** What ending takes beyond a drain. */
export const END_WITHIN_MS = 3000;
/** The same when the user waits: nothing is kept of what the process still does. */
const END_IN_A_HURRY_MS = 500;

/**
 * Waits for a line, then becomes the command. If the lab dies before its guard knows the process, no line comes and the
 * process ends.
 */
const ONCE_GUARDED = 'read -r go && exec "$@" </dev/null';

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
    // Nobody would end what starts after the end of the cluster.
    signal.throwIfAborted();
    if (this.#child) return;
    const { command, args, env, logPath } = this.spec;
    const log = openSync(logPath, 'a');
    const child = spawn('sh', ['-c', ONCE_GUARDED, 'sh', command, ...args], {
      env: { PATH: process.env.PATH, NODE_COMPILE_CACHE: process.env.NODE_COMPILE_CACHE, ...env },
      stdio: ['pipe', log, log],
      detached: true,
    });
    this.#exited = once(child, 'exit');
    // A command that cannot be started has no exit; the next wait throws why.
    this.#exited.catch(() => {});
    // Before the first wait, so that ending the cluster also ends a process that is still starting.
    if (child.pid !== undefined) this.#adopt(child, child.pid);
    closeSync(log);
    await once(child, 'spawn');
    // One that is gone already shows below.
    child.stdin?.on('error', () => {}).end('go\n');
    child.unref();
    await this.#untilReady(child, signal);
  }

  #adopt(child: ChildProcess, pid: number): void {
    this.#child = child;
    const guarded = toKill({ ...this.spec, pid });
    this.#guard.started(guarded);
    child.on('exit', () => {
      const isTold = this.#child !== child;
      // Other processes of the group may still finish their work.
      if (this.spec.group && isTold) return;
      if (hasOthers(this.spec)) this.#killAll(child);
      this.#guard.ended(guarded);
      if (!isTold) {
        this.failed = true;
        this.#child = undefined;
      }
    });
  }

  async #untilReady(child: ChildProcess, signal: AbortSignal): Promise<void> {
    const { name, logPath, ready, readyWithinMs: withinMs = PROCESS_READY_WITHIN_MS, failure } = this.spec;
    const pid = child.pid as number;
    let lastly: string | undefined;
    const look = async () => {
      const is = await ready(pid).catch((error: Error) => {
        lastly = error.message;
        return false;
      });
      // The system knows of an end before the event comes. If it lives after the look, it lived before.
      const lives = this.#child === child && (!is || identityOf(pid) !== undefined);
      if (lives) return is;
      await this.#exited;
      const ended = child.exitCode ?? child.signalCode ?? 0;
      throw (
        failure?.({ name, logPath, ended, withinMs }) ??
        new MemberFailed(`${name} ended while starting; its log: ${logPath}`)
      );
    };
    const what = `the start of ${name} (log: ${logPath})`;
    await until(what, look, { withinMs, everyMs: 25, signal }).catch((error) => {
      const isLate = error instanceof NotInTime && failure !== undefined;
      throw isLate ? failure({ name, logPath, withinMs, ...(lastly !== undefined && { lastly }) }) : error;
    });
  }

  pause(): void {
    this.#send('SIGSTOP');
  }

  resume(): void {
    this.#send('SIGCONT');
  }

  #send(signal: NodeJS.Signals, child = this.#child): void {
    if (this.spec.group && child?.pid !== undefined) send(-child.pid, signal);
    else child?.kill(signal);
  }

  async kill(): Promise<void> {
    await this.#endBy('SIGKILL');
  }

  /** Has it finish what it has begun, and makes it end where it does not: at once when `hurry` aborts. */
  async stop(hurry?: AbortSignal): Promise<void> {
    this.resume();
    await this.#endBy('SIGTERM', this.spec.drainMs, hurry);
  }

  /** Has it end without a drain, and makes it where it does not: almost at once when `hurry` aborts. */
  async end(hurry?: AbortSignal): Promise<void> {
    this.resume();
    await this.#endBy('SIGINT', 0, hurry);
  }

  async #endBy(
    signal: 'SIGKILL' | 'SIGTERM' | 'SIGINT',
    drainMs = 0,
    hurry = new AbortController().signal,
  ): Promise<void> {
    const child = this.#child;
    if (!child) return;
    this.#child = undefined;
    // Else the lab itself may end when the last timer has fired, before it hears of the end.
    child.ref();
    if (signal === 'SIGKILL') this.#killAll(child);
    else this.#send(signal, child);
    const timers = [setTimeout(() => this.#killAll(child), drainMs + END_WITHIN_MS)];
    const hasten = () => timers.push(setTimeout(() => this.#killAll(child), END_IN_A_HURRY_MS));
    if (hurry.aborted) hasten();
    hurry.addEventListener('abort', hasten, { once: true });
    await this.#exited;
    if (this.spec.group) await this.#untilGroupEnds(child, drainMs);
    hurry.removeEventListener('abort', hasten);
    for (const timer of timers) clearTimeout(timer);
  }

  /** The timers of {@link endBy} kill a process that takes too long. */
  async #untilGroupEnds({ pid = 0 }: ChildProcess, drainMs: number): Promise<void> {
    const withinMs = drainMs + 2 * END_WITHIN_MS;
    const what = `the end of all processes of ${this.spec.name}`;
    await until(what, () => !groupLives(pid), { withinMs, everyMs: 10 }).catch(() => {});
    this.#guard.ended(toKill({ ...this.spec, pid }));
  }

  #killAll({ pid }: ChildProcess): void {
    if (pid !== undefined) send(toKill({ ...this.spec, pid }), 'SIGKILL');
  }
}

const hasOthers = ({ workers = false, group = false }: Pick<MemberSpec, 'workers' | 'group'>): boolean =>
  workers || group;

/** What a process is killed by: its pid, or its group's number where others are in it. */
const toKill = ({ pid, ...spec }: Pick<MemberSpec, 'workers' | 'group'> & { readonly pid: number }) =>
  hasOthers(spec) ? -pid : pid;
