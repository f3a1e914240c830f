import { existsSync, readFileSync } from 'node:fs';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { type ComposeStanding, keptContainers } from './compose/standing.ts';
import type { Kept } from './described.ts';
import { keptProcesses, type LocalStanding } from './local/standing.ts';
import { tellOrigin } from './tell-origin.ts';

/** Where the cluster that `make up` keeps running is described. */
export const STANDING = '.lab/cluster.json';

export type Standing = LocalStanding | ComposeStanding;

export const kept = (standing: Standing): Kept =>
  standing.runtime === 'compose' ? keptContainers(standing) : keptProcesses(standing, keep);

/** Makes a standing cluster whole, and its origin behave. Gives the names of what was started. */
export async function healStanding(standing: Standing, signal: AbortSignal): Promise<string[]> {
  const started = await kept(standing).revive(signal);
  await tellOrigin(standing.origin, { errorRate: 0, slowShare: 0 });
  return started;
}

export async function keep<S extends Standing>(standing: S): Promise<S> {
  await mkdir(dirname(STANDING), { recursive: true });
  await writeFile(STANDING, `${JSON.stringify(standing, null, 2)}\n`);
  return standing;
}

export const recall = (): Standing | undefined =>
  existsSync(STANDING) ? (JSON.parse(readFileSync(STANDING, 'utf8')) as Standing) : undefined;

export const forget = () => rm(STANDING, { force: true });
