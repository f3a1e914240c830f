import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { type Reservation, reserveAny } from '../../cluster/ports.ts';
import type { RedisServer } from './test-redis.ts';

/** A redis-server of this machine, on loopback. Its port is reserved until it is stopped. */
export async function startRedisProcess(): Promise<RedisServer> {
  const reservation = await reserveAny(1);
  const folder = mkdtempSync(join(tmpdir(), 'dogpile-redis-'));
  return serverOf(reservation, folder, await startOn(reservation.ports[0] as number, folder));
}

interface Running {
  readonly child: ChildProcess;
  readonly exited: Promise<unknown>;
}

function serverOf(
  { ports: [port = 0], release }: Reservation,
  folder: string,
  started: Running,
): RedisServer {
  let running = started;
  const kill = async () => {
    // It has nothing to save, and frozen or not it ends at once.
    running.child.kill('SIGKILL');
    await running.exited;
  };
  return {
    url: `redis://127.0.0.1:${port}`,
    folder,
    kill,
    async restart() {
      running = await startOn(port, folder);
    },
    freeze: async () => void running.child.kill('SIGSTOP'),
    thaw: async () => void running.child.kill('SIGCONT'),
    async stop() {
      await kill();
      rmSync(folder, { recursive: true, force: true });
      release();
    },
  };
}

async function startOn(port: number, folder: string): Promise<Running> {
  const child = spawn(
    'redis-server',
    ['--port', `${port}`, '--bind', '127.0.0.1', '--save', '', '--appendonly', 'no', '--dir', folder],
    { stdio: ['ignore', 'pipe', 'ignore'] },
  );
  const guard = endWithUs(child);
  const exited = once(child, 'exit').finally(() => guard.kill('SIGKILL'));
  await Promise.race([
    acceptsConnections(child),
    exited.then(([code]) => {
      throw new Error(`redis-server on port ${port} ended with status ${code} before it was ready`);
    }),
  ]);
  child.stdout?.resume();
  return { child, exited };
}

/** Ends the server when this process is gone, however it went: its end closes the pipe that the guard reads. */
function endWithUs({ pid }: ChildProcess): ChildProcess {
  const guard = spawn('sh', ['-c', 'read _; kill -9 "$0"', `${pid}`], {
    stdio: ['pipe', 'ignore', 'ignore'],
  });
  guard.unref();
  return guard;
}

function acceptsConnections({ stdout }: ChildProcess): Promise<void> {
  return new Promise((resolve, reject) => {
    if (!stdout) return reject(new Error('redis-server has no output to read'));
    const lines = createInterface({ input: stdout });
    lines.on('line', (line) => {
      if (!line.includes('Ready to accept connections')) return;
      lines.close();
      resolve();
    });
  });
}
