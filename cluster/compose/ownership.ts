import { readFileSync, readlinkSync } from 'node:fs';
import { identityOf, isAlive, type ProcessIdentity } from '../process-identity.ts';
import { docker } from './docker.ts';
import { removeProject } from './project.ts';

/** Labels of all containers and networks of a project: who started it, and where it is described if it stays. */
const OWNER = 'dogpile-lab.owner';
const DESCRIPTION = 'dogpile-lab.description';

/** The projects that labs make: see `startComposeCluster`. */
const OF_A_LAB = /^dogpile-[0-9a-f]{8}$/;

/** A lab's process. Pids of different namespaces, as of a lab in a container, have nothing to do with each other. */
interface Owner extends ProcessIdentity {
  readonly pidNamespace?: string;
}

/** Something of a project, by its labels. */
export interface Labelled {
  readonly project: string;
  /** As {@link ownerVariables} wrote it. */
  readonly owner: string;
  /** The file that describes a cluster that stays; empty for a run's. */
  readonly description: string;
}

/** Gives compose.yaml's variables for the labels. `description`: the file that will describe the cluster, if it stays. */
export const ownerVariables = (description = ''): Record<string, string> => ({
  // Escaped, so that nothing in it means anything to Compose.
  LAB_OWNER: encodeURIComponent(
    JSON.stringify({
      ...(identityOf(process.pid) ?? { pid: process.pid }),
      ...pidNamespace(),
    } satisfies Owner),
  ),
  LAB_DESCRIPTION: description,
});

/**
 * Removes the projects that labs left behind which were killed together with their reapers. Gives their names. It spares
 * whatever a living lab owns or a description names, and whatever it cannot judge.
 */
export async function sweep(signal: AbortSignal): Promise<string[]> {
  const format = ['com.docker.compose.project', OWNER, DESCRIPTION]
    .map((label) => `{{.Label "${label}"}}`)
    .join('\t');
  const list = ['ls', '--filter', `label=${OWNER}`, '--format', format];
  const lists = await Promise.all([
    docker(['container', ...list, '--all'], { signal }),
    docker(['network', ...list], { signal }),
  ]);
  const found = lists.flatMap((lines) => lines.split('\n').filter(Boolean).map(labelledIn));
  const left = abandoned(found);
  for (const project of left) {
    signal.throwIfAborted();
    await removeProject(project);
  }
  return left;
}

/** Lists the projects that nobody owns and no description names. */
export function abandoned(found: readonly Labelled[]): string[] {
  const projects = new Map(found.map((one) => [one.project, one]));
  return [...projects.values()].filter(isAbandoned).map(({ project }) => project);
}

function isAbandoned({ project, owner, description }: Labelled): boolean {
  if (!OF_A_LAB.test(project)) return false;
  const lab = ownerIn(owner);
  if (!lab || lab.pidNamespace !== pidNamespace().pidNamespace || isAlive(lab)) return false;
  return description === '' || !names(description, project);
}

/** A description that is damaged may name any project. */
function names(description: string, project: string): boolean {
  try {
    return (JSON.parse(readFileSync(description, 'utf8')) as { project?: unknown }).project === project;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== 'ENOENT';
  }
}

function ownerIn(text: string): Owner | undefined {
  try {
    const { pid, ...rest } = JSON.parse(decodeURIComponent(text)) as Partial<Owner>;
    return Number.isInteger(pid) ? { ...rest, pid: pid as number } : undefined;
  } catch {
    return undefined;
  }
}

function pidNamespace(): Pick<Owner, 'pidNamespace'> {
  try {
    return { pidNamespace: readlinkSync('/proc/self/ns/pid') };
  } catch {
    return {};
  }
}

function labelledIn(line: string): Labelled {
  const [project = '', owner = '', description = ''] = line.split('\t');
  return { project, owner, description };
}
