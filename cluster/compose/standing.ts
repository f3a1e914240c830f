import { z } from 'zod';
import type { Settings } from '../../record/settings.ts';
import { UnknownName } from '../../services/shared/lab-errors.ts';
import { until } from '../../services/shared/until.ts';
import { serves } from '../serves.ts';
import { board, describe, type StandingControls, standingCluster } from '../standing/standing-cluster.ts';
import type { ComposeCluster } from './compose-cluster.ts';
import { docker } from './docker.ts';
import { engineSocket } from './engine.ts';
import { tellContainer, type Verb } from './engine-api.ts';
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

export const describeContainers = (cluster: ComposeCluster, settings: Settings): ComposeStanding => ({
  runtime: cluster.runtime,
  ...describe(cluster, settings),
  project: cluster.project,
  ...cluster.boards,
});

/** Controls the containers of a standing cluster. */
export function controlContainers(described: ComposeStanding): StandingControls {
  const { project } = described;
  // Asked for once: a docker command takes so long to start that a recompute may be over by then.
  let socket: Promise<string> | undefined;
  const socketPath = () => {
    socket ??= engineSocket();
    return socket;
  };
  const containers = async () => containersOf(project, await socketPath());
  const tell = async (verb: Verb, member: string) => {
    const found = (await containers()).find(({ name }) => name === member);
    if (!found) throw new UnknownName(`no container ${member} in the project ${project}`);
    await tellContainer(await socketPath(), verb, found.id);
  };
  return {
    async alive() {
      const up = (await containers()).filter(({ state }) => ['running', 'paused'].includes(state));
      return new Set(up.map(({ name }) => name));
    },

    async revive(signal, only) {
      const started: string[] = [];
      for (const { name, id, state } of await containers()) {
        if (state === 'running' || only?.has(name) === false) continue;
        await docker([state === 'paused' ? 'unpause' : 'start', id], { signal });
        if (state !== 'paused') started.push(name);
      }
      for (const { name, url } of serversOf(described))
        if (only?.has(name) !== false) await untilServing(url, signal);
      return started;
    },

    kill: (member) => tell('kill', member),
    pause: (member) => tell('pause', member),
    resume: (member) => tell('unpause', member),
    async stop(member) {
      await tell('unpause', member);
      await tell('stop', member);
    },

    async end() {
      const { length } = await containers();
      await removeProject(project);
      return `${length} containers`;
    },

    logs: ['docker', 'compose', '--project-name', project, 'logs', '--tail', '20', '--follow'],
  };
}

/** Lists the members that have an address, in the order in which they stand on each other. */
const serversOf = ({ redisServers, origin, lockServers, replicas, refreshers, proxies }: ComposeStanding) => [
  ...[...redisServers, { name: 'origin', ...origin }, ...lockServers],
  ...[...replicas, ...refreshers, ...proxies],
];

const untilServing = (url: string, signal: AbortSignal) =>
  until(`an answer from ${url}`, () => serves(url).catch(() => false), {
    withinMs: SERVES_WITHIN_MS,
    everyMs: 50,
    signal,
  });
