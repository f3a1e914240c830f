import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type MemberSpec, ProcessMember } from '../cluster/local/process-member.ts';
import { ownsListeningSocket } from '../cluster/ports/listening-socket.ts';
import { LOOPBACK, reserveAny } from '../cluster/ports.ts';
import { startReaper } from '../cluster/reaper.ts';
import { type Answers, prometheusAt } from './api.ts';
import { localConfig, type Targets } from './config.ts';

export interface Prometheus extends Answers {
  stop(): Promise<void>;
}

/** The configuration that a Prometheus reads, in its folder. */
export const CONFIG = 'prometheus.json';

const START_WITHIN_MS = 30_000;

const urlOf = (port: number): string => `http://${LOOPBACK}:${port}`;

/** A Prometheus from the system, on loopback. It finds its configuration in the folder, and keeps its data and log there. */
export const prometheusProcess = (
  folder: string,
  port: number,
  more: readonly string[] = [],
): MemberSpec => ({
  name: 'prometheus',
  command: 'prometheus',
  args: [
    `--config.file=${join(folder, CONFIG)}`,
    `--storage.tsdb.path=${join(folder, 'data')}`,
    `--web.listen-address=${LOOPBACK}:${port}`,
    ...more,
  ],
  env: {},
  logPath: join(folder, 'prometheus.log'),
  ready: async (pid) => (await isReady(urlOf(port))) && ownsListeningSocket(pid, port) !== false,
});

/** Tells whether a Prometheus at this address answers queries. Throws where nobody answers. */
export const isReady = async (url: string): Promise<boolean> =>
  (await fetch(`${url}/-/ready`, { signal: AbortSignal.timeout(1000) })).ok;

/** A real Prometheus with the lab's rules, on loopback, its data in the folder. It dies with whoever started it. */
export async function startPrometheus(
  folder: string,
  targets: Targets,
  signal?: AbortSignal,
): Promise<Prometheus> {
  const { ports, release } = await reserveAny(1);
  const [port = 0] = ports;
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, CONFIG), localConfig(targets));
  const reaper = startReaper();
  const member = new ProcessMember(prometheusProcess(folder, port), reaper);
  const letGo = () => {
    reaper.dismiss();
    release();
  };
  const timeOut = AbortSignal.timeout(START_WITHIN_MS);
  await member.start(signal ? AbortSignal.any([signal, timeOut]) : timeOut).catch((error) => {
    letGo();
    throw error;
  });
  return {
    ...prometheusAt(urlOf(port)),
    async stop() {
      await member.stop();
      letGo();
    },
  };
}
