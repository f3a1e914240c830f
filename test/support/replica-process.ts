import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { reserveAny } from '../../cluster/ports.ts';
import type { RecordedEvent } from '../../record/events.ts';
import { JournalReader } from '../../record/files/journal-reader.ts';
import { until } from './within.ts';

/** A start takes a second, and on a busy machine many. */
const READY_WITHIN_MS = 60_000;
const APP = fileURLToPath(new URL('../../services/app/main.ts', import.meta.url));

/** A replica in a process of its own. Whoever starts it kills it. */
export interface ReplicaProcess {
  readonly url: string;
  /** Ends it by SIGKILL. Resolves once it is gone. */
  kill(): Promise<void>;
  /** Stops it by SIGSTOP, until it goes on by SIGCONT. */
  freeze(): void;
  thaw(): void;
}

/** Starts a replica with these variables. Resolves once it is ready. */
export async function startReplica(variables: Readonly<Record<string, string>>): Promise<ReplicaProcess> {
  const { ports, release } = await reserveAny(1);
  const [port] = ports;
  const { PATH = '' } = process.env;
  const env = { PATH, HOST: '127.0.0.1', PORT: `${port}`, ...variables };
  const child = spawn(process.execPath, [APP], { env, stdio: 'ignore' });
  const url = `http://127.0.0.1:${port}`;
  const kill = () => killed(child);
  try {
    await until('the replica to be ready', () => hasEnded(child) || isReady(url), READY_WITHIN_MS);
    if (hasEnded(child)) throw new Error('the replica ended before it was ready');
  } catch (error) {
    await kill();
    throw error;
  } finally {
    release();
  }
  return { url, kill, freeze: () => child.kill('SIGSTOP'), thaw: () => child.kill('SIGCONT') };
}

const hasEnded = ({ exitCode, signalCode }: ChildProcess): boolean =>
  exitCode !== null || signalCode !== null;

async function killed(child: ChildProcess): Promise<void> {
  if (hasEnded(child)) return;
  const exited = once(child, 'exit');
  child.kill('SIGKILL');
  await exited;
}

const isReady = (url: string): Promise<boolean> =>
  fetch(`${url}/readyz`).then(
    ({ ok }) => ok,
    () => false,
  );

/** Gives the events in a journal so far. */
export const eventsIn = (path: string): RecordedEvent[] => new JournalReader<RecordedEvent>(path).read();
