import { fork } from 'node:child_process';
import { once } from 'node:events';
import { openSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { HerdFailed } from '../services/shared/lab-errors.ts';
import type { Herd, HerdOptions, HerdResult } from './herd.ts';
import type { HerdCommand, HerdReport } from './main.ts';
import type { Target } from './target.ts';

export interface HerdProcess {
  /** Arrivals that have fallen due so far. */
  readonly scheduled: number;
  /** See {@link Herd.route}; resolves once no request goes to a target that left any more. */
  route(targets: readonly Target[]): Promise<void>;
  /** Ends the load and writes the history; gives the rest of the result. */
  stop(historyPath: string): Promise<Omit<HerdResult, 'arrivals'>>;
  /** Ends the process at once, if it still runs. */
  kill(): void;
}

/** Starts the herd in a process of its own. It ends by itself when this process does. */
export function forkHerd(options: HerdOptions, logPath: string): HerdProcess {
  const log = openSync(logPath, 'a');
  const child = fork(fileURLToPath(new URL('./main.ts', import.meta.url)), {
    stdio: ['ignore', log, log, 'ipc'],
  });
  // A command that no longer arrives is answered by the end of the process.
  const tell = (command: HerdCommand) => child.send(command, () => {});
  const died = once(child, 'exit').then(([code]) => {
    throw new HerdFailed(`the herd ended with ${code} before it was done`);
  });
  died.catch(() => {});
  let scheduled = 0;
  let settle: (result: Omit<HerdResult, 'arrivals'>) => void = () => {};
  const done = new Promise<Omit<HerdResult, 'arrivals'>>((resolve) => {
    settle = resolve;
  });
  const routings: (() => void)[] = [];
  child.on('message', (report: HerdReport) => {
    if ('done' in report) settle(report.done);
    else if ('routed' in report) routings.shift()?.();
    else scheduled = report.scheduled;
  });
  tell({ start: options });
  return {
    get scheduled() {
      return scheduled;
    },
    route(targets) {
      const routed = new Promise<void>((resolve) => routings.push(resolve));
      tell({ route: targets });
      return Promise.race([routed, died]);
    },
    stop(historyPath) {
      tell({ stop: { historyPath } });
      return Promise.race([done, died]);
    },
    kill: () => child.kill('SIGKILL'),
  };
}
