import { chown, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DATA, EVENTS, LEDGER } from '../../record/files/run-folder.ts';
import type { ClusterFiles } from '../cluster.ts';

/** The file in the run's folder with the services' environment. */
export const ENVIRONMENT = 'cluster.env';
/** Who the services are inside a container where the lab is root: the image's user node. */
const UNPRIVILEGED = 1000;

/** Prepares what the containers read or write in the run's folder. Only the data are theirs to write. */
export async function prepareFiles(
  folder: string,
  project: string,
  environment: Readonly<Record<string, string>>,
): Promise<ClusterFiles> {
  const files = {
    ledger: join(folder, LEDGER),
    events: join(folder, EVENTS),
    logs: join(folder, 'logs'),
  };
  for (const path of [files.events, files.logs]) await mkdir(path, { recursive: true });
  const lines = Object.entries(environment).map(([name, value]) => `${name}=${value}\n`);
  await writeFile(join(folder, ENVIRONMENT), `# docker compose --project-name ${project}\n${lines.join('')}`);
  await giveToContainers([join(folder, DATA), files.events]);
  return files;
}

/** Lets the containers' user write into these folders and files, where that is not the user who runs the lab. */
export async function giveToContainers(paths: readonly string[]): Promise<void> {
  if (process.getuid?.() !== 0) return;
  for (const path of paths) await chown(path, UNPRIVILEGED, UNPRIVILEGED);
}

/** Gives the user that the services write as: the one who runs the lab, but never root. */
export function userOfContainers(): Record<string, string> {
  const [uid, gid] = [process.getuid?.(), process.getgid?.()];
  return { LAB_USER: uid ? `${uid}:${gid}` : `${UNPRIVILEGED}:${UNPRIVILEGED}` };
}
