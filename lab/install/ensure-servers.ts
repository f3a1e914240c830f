import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { chooseRuntime } from '../../cluster/choose-runtime.ts';
import { proxyNamed } from '../../cluster/proxies/index.ts';
import type { Settings } from '../../record/settings.ts';
import { UsageError } from '../../services/shared/usage-error.ts';

/**
 * Makes sure that this machine has the servers that a run with these settings starts as processes; containers bring their
 * own. Throws {@link UsageError} where one is missing and may not be installed.
 */
export async function ensureServersFor(settings: Settings): Promise<void> {
  const { runtime } = await chooseRuntime(settings);
  if (runtime === 'compose') return;
  ensure('ensure-redis.sh');
  if (settings.leaseBackend !== 'redis') ensure('ensure-lock-servers.sh', settings.leaseBackend);
  const proxy = proxyNamed(settings.proxy);
  if (proxy) ensure('ensure-proxies.sh', proxy.package);
}

/** Makes sure of Redis and of what every lease backend stands on. Throws {@link UsageError} as above. */
export function ensureEveryLockServer(): void {
  ensure('ensure-redis.sh');
  ensure('ensure-lock-servers.sh');
}

function ensure(script: string, ...servers: readonly string[]): void {
  const path = fileURLToPath(new URL(script, import.meta.url));
  const { status, stderr, error } = spawnSync(path, servers, {
    stdio: ['ignore', 'inherit', 'pipe'],
    encoding: 'utf8',
  });
  if (error) throw error;
  const said = stderr.trim().split('\n').at(-1) ?? '';
  if (status !== 0) throw new UsageError(said.replace(/^dogpile-lab: /, ''));
}
