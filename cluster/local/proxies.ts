import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Settings } from '../../record/settings.ts';
import { UsageError } from '../../services/shared/usage-error.ts';
import type { Place } from '../proxies/caching-proxy.ts';
import { proxyNamed } from '../proxies/index.ts';
import { serves } from '../serves.ts';
import { findCommand } from './find-command.ts';
import type { LocalPlan } from './members.ts';
import type { MemberSpec } from './process-member.ts';

const SCRIPT = fileURLToPath(new URL('proxy.sh', import.meta.url));
/** Where Debian puts servers; not on everybody's PATH. */
const SERVERS = '/usr/sbin';

/** Ports that the proxies of these settings need. */
export const portsOfProxies = ({ proxy, proxies }: Settings): number => (proxy ? proxies : 0);

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

/** A proxy on the given place, its configuration kept in the run's folder. Ready once a replica answers through it. */
export async function proxyMember(plan: LocalPlan, place: Place): Promise<MemberSpec> {
  const { settings, folder, logs } = plan;
  const proxy = proxyNamed(settings.proxy);
  if (!proxy) throw new Error(`no proxy named ${settings.proxy}`);
  const config = join(folder, `${place.name}.conf`);
  await mkdir(folder, { recursive: true });
  await writeFile(config, proxy.config(place, settings));
  return {
    name: place.name,
    command: 'sh',
    args: [SCRIPT, config, proxy.command(place)],
    env: {},
    logPath: join(logs, `${place.name}.log`),
    workers: true,
    ready: () => serves(`http://${place.host}:${place.port}`),
  };
}
