import { mkdirSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Cluster } from '../cluster.ts';
import { identityOf, isAlive } from '../process-identity.ts';
import { nameOf, ownerIn } from './owned-name.ts';

/** The folder in which Prometheus finds the members of every cluster: one file per cluster, as `file_sd_configs` reads it. */
export const TARGETS = '.lab/boards/targets';

/** What the standing cluster is called among the runs. There is one at most, and it outlives the lab that started it. */
export const STANDING_RUN = 'up';

/** What there is to scrape. Each member says its own name. */
export type Scraped = Pick<Cluster, 'replicas' | 'refreshers' | 'origin'>;

/** Some members as Prometheus reads them: their addresses, their job, and the name of their cluster. */
interface Group {
  readonly targets: readonly string[];
  readonly labels: { readonly job: string; readonly run: string };
}

/** Writes the file by which Prometheus finds the members of a run, whole or not at all. Replaces an older one. */
export function publishTargets(run: string, cluster: Scraped, folder = TARGETS): void {
  const path = join(folder, fileOf(run));
  // Prometheus reads names that end in .json.
  const draft = `${path}.draft`;
  mkdirSync(folder, { recursive: true });
  writeFileSync(draft, `${JSON.stringify(groupsOf(run, cluster), null, 2)}\n`);
  renameSync(draft, path);
}

/** Has Prometheus forget a run that this process published, or the standing cluster. Safe to call twice. */
export const withdrawTargets = (run: string, folder = TARGETS): void =>
  rmSync(join(folder, fileOf(run)), { force: true });

/** Has Prometheus forget the runs whose labs are dead. Nobody ever has the identity of a dead lab again. */
export function sweepTargets(folder = TARGETS): void {
  mkdirSync(folder, { recursive: true });
  for (const name of readdirSync(folder)) {
    const [, owner = ''] = /^[^@]*@(.*?)\.json(?:\.draft)?$/.exec(name) ?? [];
    const lab = ownerIn(owner);
    if (lab && !isAlive(lab)) rmSync(join(folder, name), { force: true });
  }
}

/** Says whose it is. The standing cluster belongs to no lab: `make down` ends it. */
const fileOf = (run: string): string =>
  run === STANDING_RUN
    ? `${run}.json`
    : `${run}@${nameOf(identityOf(process.pid) ?? { pid: process.pid })}.json`;

function groupsOf(run: string, { replicas, refreshers, origin }: Scraped): Group[] {
  const jobs = { app: replicas, refresher: refreshers, origin: [origin] };
  return Object.entries(jobs).flatMap(([job, members]) =>
    members.length > 0
      ? [{ targets: members.map(({ url }) => new URL(url).host), labels: { job, run } }]
      : [],
  );
}
