import { fork } from 'node:child_process';
import { once } from 'node:events';
import { openSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { HerdOptions, HerdResult } from './herd.ts';
import type { HerdCommand, HerdReport } from './main.ts';

export interface HerdProcess {
  /** Arrivals that have fallen due so far. */
  readonly scheduled: number;
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
  const tell = (command: HerdCommand) => child.send(command);
  let scheduled = 0;
  let settle: (result: Omit<HerdResult, 'arrivals'>) => void = () => {};
  const done = new Promise<Omit<HerdResult, 'arrivals'>>((resolve) => {
    settle = resolve;
  });
  child.on('message', (report: HerdReport) => {
    if ('done' in report) settle(report.done);
    else scheduled = report.scheduled;
  });
  tell({ start: options });
  return {
    get scheduled() {
      return scheduled;
    },
    stop(historyPath) {
      tell({ stop: { historyPath } });
      const died = once(child, 'exit').then(([code]) => {
        throw new Error(`the herd ended with ${code} before its history was written`);
      });
      return Promise.race([done, died]);
    },
    kill: () => child.kill('SIGKILL'),
  };
}
