import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Settings } from '../../record/settings.ts';
import { UsageError } from '../../services/shared/usage-error.ts';
import { DockerFailed, type DockerOptions, docker } from '../compose/docker.ts';
import { insideOf } from '../compose/services.ts';
import { leaseGround } from '../servers/lease-ground.ts';
import { environmentOf, type Member, nextReplica, type Topology } from '../topology.ts';

/** The file in the run's folder that describes the containers of the user's own service. */
const OWN_SERVICES = 'own-services.json';
/** A fault may add so many. */
const SPARE = 4;

/** Gives the variable with the port at which a container of the user's own is published. */
export const ownPortVariable = (name: string): string => `${name.toUpperCase().replaceAll('-', '_')}_PORT`;

/**
 * Writes what Compose reads beside compose.yaml: one service for each replica of the user's own image, since each has a name of its
 * own, and spare ones that are started by their name only. Gives the file's path.
 */
export async function writeOwnServices(
  { members }: Topology,
  settings: Settings,
  { folder, token }: { readonly folder: string; readonly token: string },
): Promise<string> {
  const { replicas } = settings;
  const spare = Array.from({ length: SPARE }, (_, index) =>
    nextReplica(settings, leaseGround(settings), replicas + index, token),
  );
  const own = [...members, ...spare].filter((member) => member.own?.image !== undefined);
  const at = insideOf([...members, ...spare]);
  const path = join(folder, OWN_SERVICES);
  const services = Object.fromEntries(own.map((member) => [member.name, serviceOf(member, at)]));
  await writeFile(path, `${JSON.stringify({ services }, null, 2)}\n`);
  return path;
}

const serviceOf = (member: Member, at: (name: string) => string) => ({
  image: literal(member.own?.image ?? ''),
  // It is there: see {@link ensureImage}.
  pull_policy: 'never',
  init: true,
  environment: Object.fromEntries(
    Object.entries({
      ...environmentOf(member, at),
      NAME: member.name,
      HOST: '0.0.0.0',
      PORT: `${member.port}`,
    }).map(([name, value]) => [name, literal(value)]),
  ),
  ports: [`127.0.0.1:\${${ownPortVariable(member.name)}:-}:${member.port}`],
  networks: ['cluster', 'primary', 'replicas'],
  // The lab removes what nobody owns any more.
  labels: {
    'dogpile-lab.owner': `\${LAB_OWNER:-}`,
    'dogpile-lab.description': `\${LAB_DESCRIPTION:-}`,
  },
  stop_grace_period: `\${STOP_GRACE:-10s}`,
});

/** A text in which Compose finds no variable. */
const literal = (text: string): string => text.replaceAll('$', '$$$$');

/** Makes sure that the user's image is on this machine. Throws {@link UsageError} if it can be had nowhere. */
export async function ensureImage(image: string, options: DockerOptions): Promise<void> {
  const isHere = await docker(['image', 'inspect', '--format', '{{.Id}}', image], options).then(
    () => true,
    (error) => {
      if (error instanceof DockerFailed) return false;
      throw error;
    },
  );
  if (isHere) return;
  await docker(['pull', '--quiet', image], options).catch((error) => {
    if (!(error instanceof DockerFailed)) throw error;
    throw new UsageError(
      `IMAGE=${image} is not on this machine, and cannot be pulled: ${error.message}. Allowed: an image that docker run finds. Type: docker pull ${image}`,
    );
  });
}
