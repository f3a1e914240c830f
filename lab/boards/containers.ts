import { randomBytes } from 'node:crypto';
import { readdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { IMAGES } from '../../cluster/compose/compose-cluster.ts';
import { DockerFailed, docker } from '../../cluster/compose/docker.ts';
import { giveToContainers, userOfContainers } from '../../cluster/compose/files.ts';
import { ownerVariables } from '../../cluster/compose/ownership.ts';
import { containersOf, removeProject } from '../../cluster/compose/project.ts';
import { LOOPBACK, reservePreferred, together } from '../../cluster/ports.ts';
import { type Reaper, startReaper } from '../../cluster/reaper.ts';
import { RULES } from '../../prometheus/config.ts';
import { MemberFailed } from '../../services/shared/lab-errors.ts';
import { until } from '../../services/shared/until.ts';
import { UsageError } from '../../services/shared/usage-error.ts';
import { BOARDS, type Boards, saveBoards } from './described.ts';
import { prepareFolder, RETENTION, TAKE_OVER_EVERY } from './ground.ts';

type ComposeBoards = Boards & { readonly runtime: 'compose' };

const FOLDER = fileURLToPath(new URL('../../compose/', import.meta.url));
const FILES = ['boards.yaml', 'host-boards.yaml'].flatMap((name) => ['--file', join(FOLDER, name)]);
const READY_WITHIN_MS = 60_000;

/** The ports to take if they are free. */
export interface Preferred {
  readonly prometheus: number;
  readonly grafana: number;
}

/**
 * Starts Prometheus and Grafana as containers that outlive the lab, in the network of this machine. Without Grafana's image it
 * starts Prometheus alone. Until they are described they end with the lab.
 */
export async function startContainers(preferred: Preferred, signal: AbortSignal): Promise<Boards> {
  const folder = await prepareFolder();
  // A Prometheus that ran as a process may have left some that are root's.
  const data = join(folder, 'data');
  const left = await readdir(data, { recursive: true });
  await giveToContainers([data, ...left.map((path) => join(data, path))]);
  const reservation = together([
    await reservePreferred(preferred.prometheus),
    await reservePreferred(preferred.grafana),
  ]);
  const [prometheus = 0, grafana = 0] = reservation.ports;
  const project = `dogpile-${randomBytes(4).toString('hex')}`;
  const reaper = startReaper();
  const compose = composeOf(project, reaper, signal, {
    ...userOfContainers(),
    ...ownerVariables(resolve(BOARDS)),
    BOARDS_FOLDER: folder,
    BOARDS_RULES: RULES,
    BOARDS_RETENTION_TIME: RETENTION.time,
    BOARDS_RETENTION_SIZE: RETENTION.size,
    BOARDS_TAKE_OVER_EVERY: TAKE_OVER_EVERY,
    PROMETHEUS_PORT: `${prometheus}`,
    GRAFANA_PORT: `${grafana}`,
  });
  const urls = { prometheus: `http://${LOOPBACK}:${prometheus}`, grafana: `http://${LOOPBACK}:${grafana}` };
  reaper.adopt(project);
  try {
    const services = await imagesOf(compose);
    await compose(['up', '--detach', '--no-deps', ...services]);
    await untilReady(project, 'prometheus', `${urls.prometheus}/-/ready`, signal);
    const hasGrafana = services.includes('grafana');
    if (hasGrafana) await untilReady(project, 'grafana', `${urls.grafana}/api/health`, signal);
    const boards = await saveBoards({
      format: 1,
      runtime: 'compose',
      project,
      prometheus: { url: urls.prometheus },
      ...(hasGrafana && { grafana: { url: urls.grafana } }),
    });
    await reaper.release();
    return boards;
  } catch (error) {
    // If the engine is gone, the reaper removes the rest later.
    await removeProject(project).catch(() => {});
    throw error;
  } finally {
    reaper.dismiss();
    reservation.release();
  }
}

type Compose = (args: readonly string[]) => Promise<string>;

const composeOf =
  (project: string, guard: Reaper, signal: AbortSignal, env: Readonly<Record<string, string>>): Compose =>
  (args) =>
    docker(
      [
        ...['compose', '--project-name', project, '--project-directory', FOLDER, ...FILES],
        ...['--env-file', IMAGES, '--progress', 'quiet', ...args],
      ],
      { env, signal, guard },
    );

/** Gets the images that are missing. Gives the services that can be started. */
async function imagesOf(compose: Compose): Promise<readonly string[]> {
  const pull = (service: string) => compose(['pull', '--quiet', '--policy', 'missing', service]);
  await pull('prometheus').catch((error) => {
    if (!(error instanceof DockerFailed)) throw error;
    throw new UsageError(
      `the image of Prometheus cannot be had: ${error.message}. Allowed without it: local. Type: make boards RUNTIME=local`,
    );
  });
  try {
    await pull('grafana');
    return ['prometheus', 'grafana'];
  } catch (error) {
    if (!(error instanceof DockerFailed)) throw error;
    console.log(`the image of Grafana cannot be had: ${error.message}`);
    return ['prometheus'];
  }
}

async function untilReady(
  project: string,
  service: string,
  address: string,
  signal: AbortSignal,
): Promise<void> {
  const answers = () =>
    fetch(address, { signal: AbortSignal.timeout(1000) }).then(
      ({ ok }) => ok,
      () => false,
    );
  const look = async () => {
    if (await answers()) return true;
    const container = (await containersOf(project)).find(({ name }) => name === service);
    if (container?.state === 'exited' || container?.state === 'dead')
      throw new MemberFailed(`${service} ended while starting: ${await lastWords(container.id)}`);
  };
  await until(`the start of ${service}`, look, { withinMs: READY_WITHIN_MS, everyMs: 100, signal });
}

const lastWords = async (id: string): Promise<string> =>
  (await docker(['logs', '--tail', '1', id], { withErrors: true })).trim();

export const areContainersUp = async ({ project, grafana }: ComposeBoards): Promise<boolean> => {
  const running = (await containersOf(project)).filter(({ state }) => state === 'running');
  return running.length >= (grafana ? 2 : 1);
};

export const endContainers = ({ project }: ComposeBoards) => removeProject(project);
