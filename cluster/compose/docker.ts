import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import type { Guard } from '../guard.ts';
import { signal as send } from '../kill.ts';

/** A docker command that failed. The message is the last thing it said. */
export class DockerFailed extends Error {}

export interface DockerOptions {
  readonly env?: Readonly<Record<string, string>>;
  /** Ends the command; it then throws the signal's reason. */
  readonly signal?: AbortSignal;
  readonly guard?: Guard | undefined;
  /** Whether to give what it wrote to its error output too, behind the rest. */
  readonly withErrors?: boolean;
}

/** How long a command may take to end after SIGTERM. */
const END_WITHIN_MS = 1000;

/**
 * Runs a docker command and gives what it wrote. It has a process group of its own: Ctrl-C is the
 * lab's to handle, and the command runs Compose as a child that must end with it. Throws {@link DockerFailed}.
 */
export async function docker(
  args: readonly string[],
  { env = {}, signal, guard, withErrors = false }: DockerOptions = {},
): Promise<string> {
  signal?.throwIfAborted();
  const child = spawn('docker', args, {
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  });
  // The group's number, for all of it.
  const group = -(child.pid ?? Number.NaN);
  // At once: a lab that is killed in between would leave it behind.
  if (child.pid !== undefined) guard?.started(group);
  await once(child, 'spawn');
  let force: NodeJS.Timeout | undefined;
  const abort = () => {
    send(group, 'SIGTERM');
    force = setTimeout(() => send(group, 'SIGKILL'), END_WITHIN_MS);
  };
  signal?.addEventListener('abort', abort, { once: true });
  if (signal?.aborted) abort();
  try {
    const [[status], out, err] = await Promise.all([
      once(child, 'close'),
      text(child.stdout),
      text(child.stderr),
    ]);
    signal?.throwIfAborted();
    if (status !== 0)
      throw new DockerFailed(err.trim().split('\n').at(-1) || `docker ${args[0]} ended with ${status}`);
    return withErrors ? out + err : out;
  } finally {
    signal?.removeEventListener('abort', abort);
    clearTimeout(force);
    guard?.ended(group);
  }
}
