import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { chooseRuntime } from '../../cluster/choose-runtime.ts';
import { lockServersOf } from '../../cluster/lock-servers.ts';
import { proxyNamed } from '../../cluster/proxies/index.ts';
import type { Settings } from '../../record/settings.ts';
import { UsageError } from '../../services/shared/usage-error.ts';

export const LOCK_SERVERS = ['postgres', 'mariadb', 'memcached'] as const;
const PROXY_SERVERS = ['squid', 'nginx', 'varnish'] as const;

const SCRIPTS: Readonly<Record<string, readonly string[]>> = {
  'ensure-redis.sh': ['redis'],
  'ensure-lock-servers.sh': LOCK_SERVERS,
  'ensure-proxies.sh': PROXY_SERVERS,
};

/**
 * Makes sure that this machine has the servers that a run with these settings starts as processes; containers bring their
 * own. Throws {@link UsageError} where one is missing and may not be installed.
 */
export async function ensureServersFor(settings: Settings): Promise<void> {
  const { runtime } = await chooseRuntime(settings);
  if (runtime === 'compose') return;
  const locks = lockServersOf(settings.leaseBackend)?.kind ?? '';
  ensureServers('redis', locks, proxyNamed(settings.proxy)?.package ?? '');
}

/** Makes sure of the servers of these names; one that nothing here installs is left alone. */
export function ensureServers(...servers: readonly string[]): void {
  for (const [script, known] of Object.entries(SCRIPTS)) {
    const wanted = known.filter((server) => servers.includes(server));
    if (wanted.length === 0) continue;
    const path = fileURLToPath(new URL(script, import.meta.url));
    const { status, stderr, error } = spawnSync(path, wanted, {
      stdio: ['ignore', 'inherit', 'pipe'],
      encoding: 'utf8',
    });
    if (error) throw error;
    if (status !== 0)
      throw new UsageError(
        stderr
          .trim()
          .split('\n')
          .at(-1)
          ?.replace(/^dogpile-lab: /, ''),
      );
  }
}
