import { existsSync, readFileSync } from 'node:fs';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { RedisServer, Replica } from './cluster.ts';
import { type ComposeStanding, keptContainers } from './standing-compose.ts';
import { keptProcesses, type LocalStanding } from './standing-local.ts';

/** Where the cluster that `make up` keeps running is described. */
export const STANDING = '.lab/cluster.json';

/** What `.lab/cluster.json` says whatever the cluster runs on: enough for anyone to point their own load at it. */
export interface Described {
  readonly strategy: string;
  readonly replicas: readonly Replica[];
  readonly refreshers: readonly Replica[];
  /** What stands in front of the replicas; none: nothing does. */
  readonly proxies: readonly Replica[];
  readonly origin: { readonly url: string };
  readonly redis: RedisServer;
  readonly lockServers: readonly RedisServer[];
  /** The folder of the logs of its processes. */
  readonly logs: string;
}

export type Standing = LocalStanding | ComposeStanding;

/** What can be done with a standing cluster. */
export interface Kept {
  /** The members that run, paused ones among them. */
  alive(): Promise<ReadonlySet<string>>;
  /**
   * Makes it whole: what is paused goes on, what is dead is started again at its old address. Gives the names of what
   * was started. Safe to call again, and on a cluster that is well.
   */
  revive(signal: AbortSignal): Promise<string[]>;
  /** Ends it, and says what was ended. */
  end(): Promise<string>;
  /** The command that shows what its members say. */
  readonly logs: readonly [command: string, ...args: string[]];
}

export const kept = (standing: Standing): Kept =>
  standing.runtime === 'compose' ? keptContainers(standing) : keptProcesses(standing, keep);

/** Makes a standing cluster whole, and its origin behave. Gives the names of what was started. */
export async function healStanding(standing: Standing, signal: AbortSignal): Promise<string[]> {
  const started = await kept(standing).revive(signal);
  const answer = await fetch(`${standing.origin.url}/behaviour`, {
    method: 'PATCH',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ errorRate: 0, slowShare: 0 }),
  });
  if (!answer.ok) throw new Error(`the origin refused to behave: ${await answer.text()}`);
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
