import { MemberFailed } from '../../services/shared/lab-errors.ts';
import { NotInTime, until } from '../../services/shared/until.ts';
import { LOOPBACK } from '../ports.ts';
import { docker } from './docker.ts';
import { engineSocket } from './engine.ts';
import { listContainers } from './engine-api.ts';
import { memberOf } from './services.ts';

/** A container of a Compose project, by what the cluster calls it: `app-1`, `redis`. */
export interface Container {
  readonly name: string;
  readonly id: string;
  /** created, running, paused, exited, … */
  readonly state: string;
  /** Its port of the loopback interface, while it runs. */
  readonly port: number | undefined;
}

/** Of a machine that has much else to do. */
const REMOVED_WITHIN_MS = 30_000;
const REMOVE_AGAIN_MS = 100;

const labelOf = (project: string) => `com.docker.compose.project=${project}`;
const ofProject = (project: string) => ['--filter', `label=${labelOf(project)}`];

/** The project's containers as the engine sees them now, replicas in the order of their numbers. */
export async function containersOf(project: string, socketPath?: string): Promise<Container[]> {
  const listed = await listContainers(socketPath ?? (await engineSocket()), labelOf(project));
  const numbered = listed.map(({ Id, State, Labels, Ports }) => {
    const number = Labels['com.docker.compose.container-number'] ?? '';
    const name = memberOf(Labels['com.docker.compose.service'] ?? '', number);
    const port = Ports.find(({ IP, PublicPort }) => IP === LOOPBACK && PublicPort)?.PublicPort;
    return { order: Number(number), container: { name, id: Id, state: State, port } };
  });
  return numbered.sort((a, b) => a.order - b.order).map(({ container }) => container);
}

/**
 * Removes whatever carries the project's name: containers in any state, networks, volumes. Needs no compose.yaml, and is
 * safe to call again. Throws when something stays.
 */
export async function removeProject(project: string): Promise<void> {
  let left: string[] = [];
  const nothingIsLeft = async () => {
    left = await leftOf(project);
    if (left.length === 0) return true;
    // What is being made or removed this very moment is refused, and there the next time, or gone.
    for (const [kind, force] of KINDS) {
      const ids = left.filter((one) => one.startsWith(`${kind} `)).map((one) => one.slice(kind.length + 1));
      if (ids.length > 0) await docker([kind, 'rm', ...force, ...ids]).catch(() => {});
    }
  };
  const patience = { withinMs: REMOVED_WITHIN_MS, everyMs: REMOVE_AGAIN_MS };
  await until('the end of the project', nothingIsLeft, patience).catch((error) => {
    throw error instanceof NotInTime
      ? new MemberFailed(`project ${project} keeps ${left.join(', ')}`)
      : error;
  });
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
