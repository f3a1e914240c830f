import { z } from 'zod';
import { until } from '../../services/shared/until.ts';
import { serves } from '../serves.ts';
import { board, describe, type StandingControls, standingCluster } from '../standing/standing-cluster.ts';
import type { ComposeCluster } from './compose-cluster.ts';
import { docker } from './docker.ts';
import { containersOf, removeProject } from './project.ts';

const SERVES_WITHIN_MS = 30_000;

export const composeStanding = standingCluster.extend({
  runtime: z.literal('compose'),
  /** The label of all its containers, networks and volumes. */
  project: z.string(),
  prometheus: board,
  grafana: board,
});

export type ComposeStanding = z.infer<typeof composeStanding>;

export const describeContainers = (cluster: ComposeCluster, strategy: string): ComposeStanding => ({
  runtime: cluster.runtime,
  ...describe(cluster, strategy),
  project: cluster.project,
  ...cluster.boards,
});

/** Controls the containers of a standing cluster. */
export function controlContainers({
  project,
  replicas,
  refreshers,
  proxies,
  origin,
  redis,
  lockServers,
}: ComposeStanding): StandingControls {
  return {
    async alive() {
      const containers = await containersOf(project);
      return new Set(
        containers.filter(({ state }) => ['running', 'paused'].includes(state)).map(({ name }) => name),
      );
    },

    async revive(signal) {
      const started: string[] = [];
      for (const { name, id, state } of await containersOf(project)) {
        if (state === 'running') continue;
        await docker([state === 'paused' ? 'unpause' : 'start', id], { signal });
        if (state !== 'paused') started.push(name);
      }
      for (const { url } of [redis, origin, ...lockServers, ...replicas, ...refreshers, ...proxies])
        await untilServing(url, signal);
      return started;
    },

    async end() {
      const containers = await containersOf(project);
      await removeProject(project);
      return `${containers.length} containers`;
    },

    logs: ['docker', 'compose', '--project-name', project, 'logs', '--tail', '20', '--follow'],
  };
}

const untilServing = (url: string, signal: AbortSignal) =>
  until(`an answer from ${url}`, () => serves(url).catch(() => false), {
    withinMs: SERVES_WITHIN_MS,
    everyMs: 50,
    signal,
  });
