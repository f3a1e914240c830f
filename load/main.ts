import type { HerdFacts } from '../record/facts.ts';
import { HistoryWriter } from '../record/files/history-writer.ts';
import type { FileSeal } from '../record/run.ts';
import { wallTimeMs } from '../services/shared/wall-time.ts';
import { type HerdOptions, startHerd } from './herd.ts';
import { type Tally, Tallying } from './tally.ts';
import type { Target } from './target.ts';

/** The herd in a process of its own, so that nothing else delays its clock. Spoken to over IPC. */
export type HerdCommand =
  /** `historyPath`: the file for the arrivals; without it they are forgotten. `tallies`: whether it will be asked for them. */
  | { start: HerdOptions; historyPath?: string | undefined; tallies?: boolean | undefined }
  | { route: readonly Target[] }
  | { hangUp: string }
  | { clock: true }
  | { tally: true }
  | { stop: true };
export type HerdReport =
  | { scheduled: number }
  | { routed: true }
  | { hungUp: boolean }
  | { wallMs: number }
  | { tally: Tally }
  | { done: HerdFacts; history: FileSeal | undefined }
  /** The last report: the process ends because of this. */
  | { broken: { message: string; code?: string | undefined } };

let history: HistoryWriter | undefined;
let tallying: Tallying | undefined;
let herd: ReturnType<typeof startHerd> | undefined;
const report = (message: HerdReport) => process.send?.(message);

process.on('message', async (command: HerdCommand) => {
  if ('start' in command) {
    if (command.historyPath !== undefined) history = new HistoryWriter(command.historyPath);
    if (command.tallies) tallying = new Tallying();
    herd = startHerd(command.start, (arrival) => {
      history?.write(arrival);
      tallying?.add(arrival);
    });
    setInterval(() => report({ scheduled: herd?.scheduled ?? 0 }), 500);
  } else if ('route' in command) {
    herd?.route(command.route);
    report({ routed: true });
  } else if ('hangUp' in command) {
    report({ hungUp: herd?.hangUp(command.hangUp) ?? false });
  } else if ('clock' in command) {
    report({ wallMs: wallTimeMs() });
  } else if ('tally' in command) {
    report({ tally: (tallying ?? new Tallying()).take() });
  } else if (herd) {
    const done = await herd.stop();
    report({ done, history: await history?.close() });
    process.disconnect();
  }
});
for (const event of ['uncaughtException', 'unhandledRejection'] as const)
  process.on(event, (error: NodeJS.ErrnoException) => {
    console.error(error);
    const end = () => process.exit(70);
    const { message, code } = error;
    if (process.send) process.send({ broken: { message, code } } satisfies HerdReport, end);
    else end();
  });
process.on('disconnect', () => process.exit(0));
// The terminal's Ctrl-C reaches the whole group; the lab decides when the herd ends.
process.on('SIGINT', () => {});
