import { spawn } from 'node:child_process';
import { resolve } from 'node:path';
import { wrapped } from '../../report/wrapped.ts';
import { valuesOf } from '../parameters/values.ts';
import { batchIn, drawBatch } from '../run/recording/batch-folder.ts';
import { judgeFolder } from '../run/recording/judge-folder.ts';
import { writeReport } from '../run/recording/write-report.ts';
import type { Command } from './command.ts';

/** Writes the report of a recorded run, or of several that one command made, anew, prints its path, and opens it where somebody can see it. */
export const report: Command = async (invocation) => {
  const { RUN } = valuesOf(invocation);
  const batch = batchIn(RUN);
  const path = batch ? await drawBatch(RUN, batch) : await writeReport(RUN, await judgeFolder(RUN));
  console.log(wrapped('report: ', path).join('\n'));
  if (process.stdout.isTTY) open(resolve(path));
  return 0;
};

/** Opens a file with the desktop's own program. Without a desktop, nothing happens. */
function open(path: string): void {
  const { DISPLAY, WAYLAND_DISPLAY } = process.env;
  const hasDesktop = process.platform === 'darwin' || DISPLAY !== undefined || WAYLAND_DISPLAY !== undefined;
  if (!hasDesktop) return;
  const command = process.platform === 'darwin' ? 'open' : 'xdg-open';
  const opener = spawn(command, [path], { detached: true, stdio: 'ignore' });
  // The path is printed, whether or not the command exists.
  opener.on('error', () => {});
  opener.unref();
}
