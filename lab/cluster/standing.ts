import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { Replica } from './cluster.ts';
import type { LocalCluster } from './local.ts';

/** Where the cluster that `make up` keeps running is described. */
export const STANDING = '.lab/cluster.json';

/** `.lab/cluster.json`: enough for anyone to point their own load at it. */
export interface Standing {
  readonly runtime: 'local';
  readonly strategy: string;
  readonly replicas: readonly Replica[];
  readonly origin: { readonly url: string };
  readonly redis: { readonly url: string };
  /** Every process, with the moment it started: a pid alone may be somebody else's by now. */
  readonly processes: readonly { readonly name: string; readonly pid: number; readonly startedAt: string }[];
}

export async function remember(cluster: LocalCluster, strategy: string): Promise<Standing> {
  const { runtime, replicas, origin, redis } = cluster;
  const processes = cluster.members.flatMap(({ spec, pid }) =>
    pid === undefined ? [] : [{ name: spec.name, pid, startedAt: startOf(pid) ?? '' }],
  );
  const standing: Standing = { runtime, strategy, replicas, origin, redis, processes };
  await mkdir(dirname(STANDING), { recursive: true });
  await writeFile(STANDING, `${JSON.stringify(standing, null, 2)}\n`);
  return standing;
}

export const recall = (): Standing | undefined =>
  existsSync(STANDING) ? (JSON.parse(readFileSync(STANDING, 'utf8')) as Standing) : undefined;

export const forget = () => rm(STANDING, { force: true });

export const isAlive = ({ pid, startedAt }: Standing['processes'][number]): boolean =>
  startOf(pid) === startedAt;

/** When the process with this pid started, as the system says it; undefined when there is none. */
function startOf(pid: number): string | undefined {
  try {
    const [stat = '', started = ''] = execFileSync('ps', ['-o', 'stat=,lstart=', '-p', `${pid}`], {
      encoding: 'utf8',
    })
      .trim()
      .split(/\s+(.*)/s);
    return stat.startsWith('Z') ? undefined : started;
  } catch {
    return undefined;
  }
}
