import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ProcessMember } from '../cluster/local/process-member.ts';
import { ownsListeningSocket } from '../cluster/ports/listening-socket.ts';
import { reserveAny } from '../cluster/ports.ts';
import { startReaper } from '../cluster/reaper.ts';
import { localConfig, type Targets } from './config.ts';

/** One series of an answer: its labels, and pairs of time (seconds since the epoch) and value. */
export interface Series {
  readonly metric: Readonly<Record<string, string>>;
  readonly points: readonly (readonly [seconds: number, value: number])[];
}

/** Seconds since the epoch. */
export interface TimeRange {
  readonly start: number;
  readonly end: number;
}

export interface Prometheus {
  readonly url: string;
  /** The expression over the range, at every second or in wider steps. */
  over(expr: string, range: TimeRange, stepSeconds?: number): Promise<Series[]>;
  /** The expression at one moment. */
  at(expr: string, seconds: number): Promise<Series[]>;
  stop(): Promise<void>;
}

const HOST = '127.0.0.1';

/** A real Prometheus with the lab's rules, on loopback, its data in the folder. It dies with whoever started it. */
export async function startPrometheus(folder: string, targets: Targets): Promise<Prometheus> {
  const { ports, release } = await reserveAny(1);
  const [port = 0] = ports;
  const url = `http://${HOST}:${port}`;
  const config = join(folder, 'prometheus.json');
  await mkdir(folder, { recursive: true });
  await writeFile(config, localConfig(targets));
  const reaper = startReaper();
  const member = new ProcessMember(
    {
      name: 'prometheus',
      command: 'prometheus',
      args: [
        `--config.file=${config}`,
        `--storage.tsdb.path=${join(folder, 'data')}`,
        `--web.listen-address=${HOST}:${port}`,
      ],
      env: {},
      logPath: join(folder, 'prometheus.log'),
      ready: async (pid) => (await fetch(`${url}/-/ready`)).ok && ownsListeningSocket(pid, port) !== false,
    },
    reaper,
  );
  await member.start(AbortSignal.timeout(30_000));

  async function ask(path: string, parameters: Record<string, string | number>): Promise<Series[]> {
    const body = new URLSearchParams(
      Object.entries(parameters).map(([name, value]): [string, string] => [name, `${value}`]),
    );
    const answer = await fetch(`${url}/api/v1/${path}`, { method: 'POST', body });
    const { data, error } = (await answer.json()) as { data?: { result: Raw[] }; error?: string };
    if (!data) throw new Error(`Prometheus refused ${parameters.query}: ${error}`);
    return data.result.map(({ metric, value, values = value ? [value] : [] }) => ({
      metric,
      points: values.map(([seconds, text]) => [seconds, Number(text.replace('Inf', 'Infinity'))] as const),
    }));
  }

  return {
    url,
    over: (query, { start, end }, step = 1) => ask('query_range', { query, start, end, step }),
    at: (query, time) => ask('query', { query, time }),
    async stop() {
      await member.stop();
      reaper.dismiss();
      release();
    },
  };
}

interface Raw {
  readonly metric: Record<string, string>;
  readonly value?: readonly [number, string];
  readonly values?: readonly (readonly [number, string])[];
}
