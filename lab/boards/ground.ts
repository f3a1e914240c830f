import { mkdir, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { sweepTargets, TARGETS } from '../../cluster/targets/targets.ts';
import { discoveringConfig } from '../../prometheus/config.ts';
import { CONFIG } from '../../prometheus/server.ts';

/** What Prometheus keeps: whichever limit comes first. */
export const RETENTION = { time: '7d', size: '1GB' } as const;

/** How often Prometheus takes over the targets that it has found. By default that takes as long again as finding them: 5 s. */
export const TAKE_OVER_EVERY = '1s';

/** The folder of Prometheus: its configuration, targets and data. Other boards find the data of earlier ones there. */
export const boardsFolder = () => resolve('.lab/boards');

/** Writes what Prometheus reads before it starts. */
export async function prepareFolder(): Promise<string> {
  const folder = boardsFolder();
  await mkdir(join(folder, 'data'), { recursive: true });
  sweepTargets();
  await writeFile(join(folder, CONFIG), discoveringConfig(resolve(TARGETS)));
  return folder;
}
