import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Settings } from '../../record/settings.ts';
import { UsageError } from '../../services/shared/usage-error.ts';
import { LOOPBACK } from '../ports.ts';
import { proxyNamed } from '../proxies/index.ts';
import { setUp } from '../proxies/set-up.ts';
import { findCommand } from './find-command.ts';
import type { Recipe } from './ground.ts';

const PROXY_SCRIPT = fileURLToPath(new URL('../proxies/proxy.sh', import.meta.url));
/** Where Debian puts servers; not on everybody's PATH. */
const SERVERS = '/usr/sbin';

/** Throws {@link UsageError} where this machine does not have the proxy. */
export function requireProxy(
  { proxy: name }: Pick<Settings, 'proxy'>,
  path = process.env.PATH ?? '',
  servers = SERVERS,
): void {
  const proxy = proxyNamed(name);
  if (!proxy || findCommand([proxy.executable], `${path}:${servers}`)) return;
  throw new UsageError(
    `PROXY=${name} needs ${proxy.executable}, which is neither on the PATH nor in ${servers}. Allowed without it: PROXY=none. Type: apt-get install ${proxy.package}`,
  );
}

/** A proxy, its configuration kept in the run's folder. */
export const proxy: Recipe = async (member, { folder, placement }) => {
  const { name } = member;
  const listens = { host: LOOPBACK, port: placement.portOf(name) };
  const { command, config } = setUp(member, listens, placement.atFor(name));
  const file = join(folder, `${name}.conf`);
  await mkdir(folder, { recursive: true });
  await writeFile(file, config);
  return { command: 'sh', args: [PROXY_SCRIPT, file, command], env: {}, workers: true };
};
