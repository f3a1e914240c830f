import { existsSync, readFileSync } from 'node:fs';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { type ComposeStanding, controlContainers } from './compose/standing.ts';
import { controlProcesses, type LocalStanding } from './local/standing.ts';
import type { StandingControls } from './standing-cluster.ts';
import { tellOrigin } from './tell-origin.ts';

/** Where the cluster that `make up` keeps running is described. */
export const STANDING = '.lab/cluster.json';

export type Standing = LocalStanding | ComposeStanding;

/** Gives what can be done with a standing cluster, whatever it runs on. */
export const controlsOf = (standing: Standing): StandingControls =>
  standing.runtime === 'compose' ? controlContainers(standing) : controlProcesses(standing, saveStanding);

/** Revives a standing cluster and ends its origin's errors. Gives the names of the members it started. */
export async function healStanding(standing: Standing, signal: AbortSignal): Promise<string[]> {
  const started = await controlsOf(standing).revive(signal);
  await tellOrigin(standing.origin, { errorRate: 0, slowShare: 0 });
  return started;
}

/** Writes the description, and gives it back. */
export async function saveStanding<S extends Standing>(standing: S): Promise<S> {
  await mkdir(dirname(STANDING), { recursive: true });
  await writeFile(STANDING, `${JSON.stringify(standing, null, 2)}\n`);
  return standing;
}

/** Reads the description; undefined when no cluster is up. */
export const loadStanding = (): Standing | undefined =>
  existsSync(STANDING) ? (JSON.parse(readFileSync(STANDING, 'utf8')) as Standing) : undefined;

export const forgetStanding = () => rm(STANDING, { force: true });
