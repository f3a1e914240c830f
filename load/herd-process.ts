import { fork } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { HerdFacts } from '../record/facts.ts';
import type { FileSeal } from '../record/run.ts';
import { HerdFailed } from '../services/shared/lab-errors.ts';
import type { HerdOptions } from './herd.ts';
import type { HerdCommand, HerdReport } from './main.ts';
import type { Tally } from './tally.ts';
import type { Target } from './target.ts';

export interface HerdProcess {
  /** Arrivals that have fallen due so far. */
  readonly scheduled: number;
  /** See {@link Herd.route}; resolves once no request goes to a target that left any more. */
  route(targets: readonly Target[]): Promise<void>;
  /** See {@link Herd.hangUp}. */
  hangUp(target: string): Promise<boolean>;
  /** Gives the process's wall time. */
  wallMs(): Promise<number>;
  /** Gives what has become of the arrivals since the last call. Only of a herd that keeps tallies. */
  tally(): Promise<Tally>;
  /** Ends the load; what is under way may still be answered. Gives the herd's report about itself, and what its history holds. */
  stop(): Promise<HerdEnd>;
  /** Resolves, with why, if the process ends before it is told to or done. */
  readonly died: Promise<HerdFailed>;
  /** Ends the process at once, if it still runs. */
  kill(): void;
}

export interface HerdEnd {
  readonly facts: HerdFacts;
  /** Undefined if no history was wanted. */
  readonly history: FileSeal | undefined;
}

/** What a herd's process writes and keeps. Without `history` the arrivals are forgotten. */
export interface HerdFiles {
  readonly log: string;
  readonly history?: string;
  /** Whether it keeps tallies: see {@link HerdProcess.tally}. */
  readonly tallies?: boolean;
}

/** Starts the herd in a process of its own. It ends by itself when this process does. */
export function forkHerd(options: HerdOptions, files: HerdFiles): HerdProcess {
  const log = openSync(files.log, 'a');
  const child = fork(fileURLToPath(new URL('./main.ts', import.meta.url)), {
    stdio: ['ignore', log, log, 'ipc'],
  });
  closeSync(log);
  // A command that no longer arrives is answered by the end of the process.
  const tell = (command: HerdCommand) => child.send(command, () => {});
  let isOver = false;
  let broken: Error | undefined;
  const died = new Promise<HerdFailed>((resolve) => {
    const fail = (how: string, cause = broken) => {
      const why = cause ? `: ${cause.message}` : `; its log: ${files.log}`;
      if (!isOver) resolve(new HerdFailed(`the herd ${how} before it was done${why}`, { cause }));
    };
    child.once('error', (error) => fail('could not be started', error));
    child.once('exit', (status, signal) => fail(`ended with ${signal ?? status}`));
  });
  const fails = died.then((error) => Promise.reject(error));
  fails.catch(() => {});
  let scheduled = 0;
  const { promise: done, resolve: settle } = Promise.withResolvers<HerdEnd>();
  const routings: (() => void)[] = [];
  const hangings: ((hasLeft: boolean) => void)[] = [];
  const readings: ((wallMs: number) => void)[] = [];
  const tallies: ((tally: Tally) => void)[] = [];
  child.on('message', (report: HerdReport) => {
    if ('done' in report) {
      isOver = true;
      settle({ facts: report.done, history: report.history });
    } else if ('broken' in report) broken = Object.assign(new Error(report.broken.message), report.broken);
    else if ('wallMs' in report) readings.shift()?.(report.wallMs);
    else if ('tally' in report) tallies.shift()?.(report.tally);
    else if ('hungUp' in report) hangings.shift()?.(report.hungUp);
    else if ('routed' in report) routings.shift()?.();
    else scheduled = report.scheduled;
  });
  tell({ start: options, historyPath: files.history, tallies: files.tallies });
  return {
    get scheduled() {
      return scheduled;
    },
    route(targets) {
      const routed = new Promise<void>((resolve) => routings.push(resolve));
      tell({ route: targets });
      return Promise.race([routed, fails]);
    },
    hangUp(target) {
      const hungUp = new Promise<boolean>((resolve) => hangings.push(resolve));
      tell({ hangUp: target });
      return Promise.race([hungUp, fails]);
    },
    wallMs() {
      const read = new Promise<number>((resolve) => readings.push(resolve));
      tell({ clock: true });
      return Promise.race([read, fails]);
    },
    tally() {
      const taken = new Promise<Tally>((resolve) => tallies.push(resolve));
      tell({ tally: true });
      return Promise.race([taken, fails]);
    },
    stop() {
      tell({ stop: true });
      return Promise.race([done, fails]);
    },
    died,
    kill() {
      isOver = true;
      child.kill('SIGKILL');
    },
  };
}
