import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { stripVTControlCharacters } from 'node:util';
import { UsageError } from '../../services/shared/usage-error.ts';
import type { JobCommand, JobValues, JobView } from '../view/messages.ts';
import { environmentOfJob, jobWords } from './job-words.ts';

const MOST_LINES = 100;
const LONGEST_LINE = 400;

export interface JobsOptions {
  /** The path of lab/cli.ts. */
  readonly cli: string;
  /** Where the commands run: results/ and .lab/ lie there. */
  readonly folder: string;
  readonly environment: NodeJS.ProcessEnv;
  readonly onChange: () => void;
}

interface Job {
  readonly child: ChildProcess;
  readonly ended: Promise<void>;
  view: JobView;
}

/**
 * The commands of the lab that pages have started, one of each kind at a time. Each is a process of its own, as if it had been
 * typed, with a channel to the console: when the console is gone, even by SIGKILL, the channel closes, and the command heals
 * and ends what it started, as after Ctrl-C.
 */
export class Jobs {
  readonly #options: JobsOptions;
  readonly #jobs = new Map<JobCommand, Job>();

  constructor(options: JobsOptions) {
    this.#options = options;
  }

  get views(): JobView[] {
    return [...this.#jobs.values()].map(({ view }) => view);
  }

  /** Starts a command. Throws {@link UsageError} if its values are not allowed, or it runs already. */
  start(command: JobCommand, values: JobValues): void {
    const { cli, folder, environment, onChange } = this.#options;
    const { words, typed } = jobWords(command, values, environment);
    const running = this.#jobs.get(command);
    if (running && running.view.state !== 'ended')
      throw new UsageError(
        `${running.view.typed} is still running. Allowed: one at a time. Stop it, or wait for its end`,
      );
    const child = spawn(process.execPath, [cli, ...words], {
      cwd: folder,
      env: environmentOfJob(environment),
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
      // In a group of its own: the Ctrl-C of a terminal reaches the console alone, and a command through it, once.
      detached: true,
    });
    const job: Job = {
      child,
      ended: once(child, 'close').then(
        ([status]) => update({ state: 'ended', status: status ?? null }),
        (error: Error) => update({ state: 'ended', lines: [error.message] }),
      ),
      view: { command, typed, state: 'running', status: null, lines: [] },
    };
    const update = (changes: Partial<JobView>) => {
      job.view = { ...job.view, ...changes };
      onChange();
    };
    for (const stream of [child.stdout, child.stderr])
      eachLine(stream, (line) => update({ lines: [...job.view.lines, line].slice(-MOST_LINES) }));
    this.#jobs.set(command, job);
    onChange();
  }

  /**
   * Interrupts a command as Ctrl-C does, but only once: a second Ctrl-C would end it before it has healed what it broke. Tells whether
   * there was anything to stop.
   */
  stop(command: JobCommand): boolean {
    const job = this.#jobs.get(command);
    if (!job || job.view.state === 'ended') return false;
    if (job.view.state === 'ending') return true;
    job.view = { ...job.view, state: 'ending' };
    job.child.kill('SIGINT');
    this.#options.onChange();
    return true;
  }

  /** Ends everything, and waits until it has ended. */
  async end(): Promise<void> {
    for (const command of this.#jobs.keys()) this.stop(command);
    await Promise.all([...this.#jobs.values()].map(({ ended }) => ended));
  }
}

/** Calls back with each whole line of a stream, without what only a terminal understands. */
function eachLine(stream: NodeJS.ReadableStream | null, onLine: (line: string) => void): void {
  let rest = '';
  stream?.setEncoding('utf8');
  stream?.on('data', (text: string) => {
    const lines = (rest + text).split('\n');
    rest = (lines.pop() ?? '').slice(-LONGEST_LINE);
    for (const line of lines)
      onLine(stripVTControlCharacters(line.split('\r').at(-1) ?? '').slice(0, LONGEST_LINE));
  });
}
