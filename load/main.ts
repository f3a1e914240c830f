import { writeHistory } from '../record/files/history.ts';
import { type HerdOptions, type HerdResult, startHerd } from './herd.ts';
import type { Target } from './target.ts';

/** The herd in a process of its own, so that nothing else delays its clock. Spoken to over IPC. */
export type HerdCommand =
  | { start: HerdOptions }
  | { route: readonly Target[] }
  | { stop: { historyPath: string } };
export type HerdReport = { scheduled: number } | { routed: true } | { done: Omit<HerdResult, 'arrivals'> };

let herd: ReturnType<typeof startHerd> | undefined;
const report = (message: HerdReport) => process.send?.(message);

process.on('message', async (command: HerdCommand) => {
  if ('start' in command) {
    herd = startHerd(command.start);
    setInterval(() => report({ scheduled: herd?.scheduled ?? 0 }), 500);
  } else if ('route' in command) {
    herd?.route(command.route);
    report({ routed: true });
  } else if (herd) {
    const { arrivals, ...done } = await herd.stop();
    await writeHistory(command.stop.historyPath, arrivals);
    report({ done });
    process.disconnect();
  }
});
process.on('disconnect', () => process.exit(0));
// The terminal's Ctrl-C reaches the whole group; the lab decides when the herd ends.
process.on('SIGINT', () => {});
