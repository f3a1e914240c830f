import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import type { Guard } from '../guard.ts';

/** A docker command that failed. The message is the last thing it said. */
export class DockerFailed extends Error {}

export interface DockerOptions {
  readonly env?: Readonly<Record<string, string>>;
  /** Ends the command; it then throws the signal's reason. */
  readonly signal?: AbortSignal;
  readonly guard?: Guard | undefined;
}

/**
 * Runs a docker command and gives what it wrote, its errors behind it. It has a process group of its own: Ctrl-C is the
 * lab's to handle, and the command runs Compose as a child that must end with it. Throws {@link DockerFailed}.
 */
export async function docker(
  args: readonly string[],
  { env = {}, signal, guard }: DockerOptions = {},
): Promise<string> {
  signal?.throwIfAborted();
  const child = spawn('docker', args, {
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  });
  const ended = once(child, 'close');
  const said = Promise.all([text(child.stdout), text(child.stderr)]);
  // Where there is no such command, that is told once, below.
  for (const promise of [ended, said]) promise.catch(() => {});
  // The group's number, for all of it.
  const group = -(child.pid ?? Number.NaN);
  const abort = () => process.kill(group, 'SIGTERM');
  try {
    await once(child, 'spawn');
    guard?.started(group);
    signal?.addEventListener('abort', abort, { once: true });
    const [status] = await ended;
    const [out, err] = await said;
    signal?.throwIfAborted();
    if (status !== 0)
      throw new DockerFailed(err.trim().split('\n').at(-1) || `docker ${args[0]} ended with ${status}`);
    return out + err;
  } finally {
    signal?.removeEventListener('abort', abort);
    guard?.ended(group);
  }
}
