import { setTimeout as sleep } from 'node:timers/promises';
import { type DockerOptions, docker } from './docker.ts';

/** A container of a Compose project, by what the cluster calls it: `app-1`, `redis`. */
export interface Container {
  readonly name: string;
  readonly id: string;
  /** created, running, paused, exited, … */
  readonly state: string;
  /** Its port of the loopback interface, while it runs. */
  readonly port: number | undefined;
}

const REMOVE_ATTEMPTS = 50;
const REMOVE_AGAIN_MS = 200;

/** Services of several containers. */
const SCALED = ['app', 'refresher'];

const ofProject = (project: string) => ['--filter', `label=com.docker.compose.project=${project}`];
const FIELDS = [
  '{{.ID}}',
  '{{.Label "com.docker.compose.service"}}',
  '{{.Label "com.docker.compose.container-number"}}',
  '{{.State}}',
  '{{.Ports}}',
].join('|');

/** The project's containers as the engine sees them now, replicas in the order of their numbers. */
export async function containersOf(project: string, options?: DockerOptions): Promise<Container[]> {
  const args = ['ps', '--all', '--no-trunc', ...ofProject(project), '--format', FIELDS];
  const listed = (await docker(args, options)).trim().split('\n').filter(Boolean);
  const rows = listed.map((line) => {
    const [id = '', service = '', number = '', state = '', ports = ''] = line.split('|');
    const port = /127\.0\.0\.1:(\d+)->/.exec(ports)?.[1];
    const name = SCALED.includes(service) ? `${service}-${number}` : service;
    return { order: Number(number), name, id, state, port: port === undefined ? undefined : Number(port) };
  });
  return rows.sort((a, b) => a.order - b.order).map(({ order, ...container }) => container);
}

/**
 * Removes whatever carries the project's name: containers in any state, networks, volumes. Needs no compose.yaml, and is
 * safe to call again. Throws when something stays.
 */
export async function removeProject(project: string): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    const left = await leftOf(project);
    if (left.length === 0) return;
    if (attempt > REMOVE_ATTEMPTS) throw new Error(`project ${project} keeps ${left.join(', ')}`);
    // What is being made or removed this very moment is refused, and there the next time, or gone.
    for (const [kind, force] of KINDS) {
      const ids = left.filter((one) => one.startsWith(`${kind} `)).map((one) => one.slice(kind.length + 1));
      if (ids.length > 0) await docker([kind, 'rm', ...force, ...ids]).catch(() => {});
    }
    if (attempt > 1) await sleep(REMOVE_AGAIN_MS);
  }
}

const KINDS = [
  ['container', ['--force', '--volumes']],
  ['network', []],
  ['volume', []],
] as const;

/** Kind and id of everything that carries the project's name. */
export async function leftOf(project: string): Promise<string[]> {
  const lists = await Promise.all(
    KINDS.map(async ([kind]) => {
      const all = kind === 'container' ? ['--all'] : [];
      const ids = await docker([kind, 'ls', ...all, '--quiet', ...ofProject(project)]);
      return ids
        .split('\n')
        .filter(Boolean)
        .map((id) => `${kind} ${id}`);
    }),
  );
  return lists.flat();
}
