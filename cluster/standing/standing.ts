import { readFileSync } from 'node:fs';
import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { z } from 'zod';
import { MemberFailed } from '../../services/shared/lab-errors.ts';
import { UsageError } from '../../services/shared/usage-error.ts';
import { askRedis } from '../ask-redis.ts';
import { type ComposeStanding, composeStanding, controlContainers } from '../compose/standing.ts';
import { controlProcesses, endProcesses, type LocalStanding, localStanding } from '../local/standing.ts';
import { STANDING_RUN, withdrawTargets } from '../targets/targets.ts';
import { tellOrigin } from '../tell-origin.ts';
import { STANDING } from './description-path.ts';
import type { StandingControls } from './standing-cluster.ts';

export type Standing = LocalStanding | ComposeStanding;

const description = z.discriminatedUnion('runtime', [localStanding, composeStanding]);

/** Gives what can be done with a standing cluster, whatever it runs on. */
export const controlsOf = (standing: Standing): StandingControls =>
  standing.runtime === 'compose'
    ? controlContainers(standing)
    : controlProcesses(standing, loadProcesses, saveStanding);

/** Ends the members that a description names, whether or not it is still the one that counts. Safe to call again. */
export const endMembers = (standing: Standing, signal: AbortSignal): Promise<string> =>
  standing.runtime === 'compose'
    ? controlContainers(standing).end(signal)
    : endProcesses(standing.processes, signal);

/** Reads the description of a cluster of processes again: another lab may have restarted some of them. */
function loadProcesses(): LocalStanding {
  const now = loadStanding();
  if (now?.runtime !== 'local') throw new MemberFailed('the cluster has been ended meanwhile');
  return now;
}

/** Revives a standing cluster, ends its origin's errors, and lets Redis take writes again. Gives the names of the members it started. */
export async function healStanding(standing: Standing, signal: AbortSignal): Promise<string[]> {
  const started = await controlsOf(standing).revive(signal);
  await tellOrigin(standing.origin, { errorRate: 0, slowShare: 0 });
  for (const { url } of standing.redisServers)
    await askRedis(url, (redis) =>
      redis.config('SET', 'min-replicas-to-write', standing.settings.minReplicas),
    );
  return started;
}

/** Writes the description as a whole or not at all, and gives it back. */
export async function saveStanding<S extends Standing>(standing: S): Promise<S> {
  const draft = `${STANDING}.${process.pid}`;
  await mkdir(dirname(STANDING), { recursive: true });
  await writeFile(draft, `${JSON.stringify(standing, null, 2)}\n`);
  await rename(draft, STANDING);
  return standing;
}

/** Reads the description; undefined when no cluster is up. Throws {@link UsageError} when it is damaged. */
export function loadStanding(): Standing | undefined {
  let text: string;
  try {
    text = readFileSync(STANDING, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
  try {
    return description.parse(JSON.parse(text));
  } catch (error) {
    throw new UsageError(
      `${STANDING} is damaged: ${whatIsWrong(error)}. Allowed: what make up wrote. ${MEND}`,
    );
  }
}

const MEND = `End what still runs of that cluster, then type: rm ${STANDING}`;

function whatIsWrong(error: unknown): string {
  const [issue] = error instanceof z.ZodError ? error.issues : [];
  return issue ? `${issue.path.join('.') || 'all of it'}: ${issue.message}` : 'it is no JSON';
}

/** Removes the description, and has Prometheus forget the members. */
export async function forgetStanding(): Promise<void> {
  withdrawTargets(STANDING_RUN);
  await rm(STANDING, { force: true });
}
