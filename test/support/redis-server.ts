import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import getPort from 'get-port';

/** A redis-server of a test's own, on loopback, keeping nothing on disk. Whoever starts it stops it. */
export interface RedisServer {
  readonly url: string;
  readonly port: number;
  readonly pid: number;
  stop(): Promise<void>;
  /** Freezes it: connections stay up and nothing answers, as in a stalled machine. */
  freeze(): void;
  thaw(): void;
}

const ATTEMPTS = 5;

/** Resolves once it accepts connections. Without a port it takes a free one, and another if that is lost meanwhile. */
export async function startRedis(wanted?: number): Promise<RedisServer> {
  for (let attempt = 1; ; attempt++) {
    const port = wanted ?? (await getPort({ host: '127.0.0.1' }));
    try {
      return await startOn(port);
    } catch (error) {
      if (attempt === ATTEMPTS) throw error;
    }
  }
}

async function startOn(port: number): Promise<RedisServer> {
  const child = spawn(
    'redis-server',
    ['--port', `${port}`, '--bind', '127.0.0.1', '--save', '', '--appendonly', 'no'],
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
  return {
    url: `redis://127.0.0.1:${port}`,
    port,
    pid: child.pid ?? 0,
    async stop() {
      // It has nothing to save, and frozen or not it ends at once.
      child.kill('SIGKILL');
      await exited;
    },
    freeze: () => void child.kill('SIGSTOP'),
    thaw: () => void child.kill('SIGCONT'),
  };
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
