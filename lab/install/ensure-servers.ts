import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import type { RuntimeChoice } from '../../cluster/choose-runtime.ts';
import { signal as send } from '../../cluster/kill.ts';
import { findCommand } from '../../cluster/local/find-command.ts';
import { proxyNamed } from '../../cluster/proxies/index.ts';
import type { Settings } from '../../record/settings.ts';
import { UsageError } from '../../services/shared/usage-error.ts';

const PYTHON_EXAMPLES = 'examples/python/';

/**
 * Makes sure that this machine has the servers that a run with these settings starts as processes; containers bring their
 * own. Throws {@link UsageError} where one is missing and may not be installed, or the signal's reason.
 */
export async function ensureServersFor(
  settings: Settings,
  { runtime }: RuntimeChoice,
  signal: AbortSignal,
): Promise<void> {
  if (runtime === 'compose') return;
  await ensure('ensure-redis.sh', [], signal);
  const { leaseBackend } = settings;
  if (leaseBackend !== 'redis') await ensure('ensure-lock-servers.sh', [leaseBackend], signal);
  const proxy = proxyNamed(settings.proxy);
  if (proxy) await ensure('ensure-proxies.sh', [proxy.package], signal);
  // What another service needs, its user has.
  if (settings.app?.includes(PYTHON_EXAMPLES)) await ensure('ensure-python-redis.sh', [], signal);
}

/** Makes sure of Redis and of what every lease backend stands on. Throws as {@link ensureServersFor}. */
export async function ensureEveryLockServer(signal: AbortSignal): Promise<void> {
  await ensure('ensure-redis.sh', [], signal);
  await ensure('ensure-lock-servers.sh', [], signal);
}

/** Makes sure of Prometheus. Throws as {@link ensureServersFor}. */
export const ensurePrometheus = (signal: AbortSignal): Promise<void> =>
  ensure('ensure-prometheus.sh', [], signal);

/** Makes sure of the browser that opens the boards, and says where it is. Throws as {@link ensureServersFor}. */
export async function ensureBrowser(command: string, signal: AbortSignal): Promise<string> {
  await ensure('ensure-chromium.sh', [command], signal);
  if (command.includes('/')) return command;
  return findCommand([command], process.env.PATH ?? '') ?? command;
}

/**
 * Runs one of the scripts beside this file. It has a process group of its own, so that apt-get ends with it when the lab
 * is told to end. Nothing kills apt-get: it ends at the next moment that leaves the packages whole.
 */
async function ensure(script: string, servers: readonly string[], signal: AbortSignal): Promise<void> {
  signal.throwIfAborted();
  const path = fileURLToPath(new URL(script, import.meta.url));
  const child = spawn(path, servers, { stdio: ['ignore', 'inherit', 'pipe'], detached: true });
  await once(child, 'spawn');
  const stop = () => send(-(child.pid as number), 'SIGTERM');
  signal.addEventListener('abort', stop, { once: true });
  const said = text(child.stderr);
  const [status] = await once(child, 'close');
  signal.removeEventListener('abort', stop);
  signal.throwIfAborted();
  if (status === 0) return;
  const lines = (await said).trim().split('\n');
  const last = lines.pop() ?? '';
  for (const line of lines) console.error(line);
  throw new UsageError(last.replace(/^dogpile-lab: /, '') || `${script} ended with ${status}`);
}
