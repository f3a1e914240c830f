import { ProcessMember } from '../../cluster/local/process-member.ts';
import { endProcesses, runs, standing } from '../../cluster/local/standing.ts';
import { LOOPBACK, reservePreferred } from '../../cluster/ports.ts';
import { startReaper } from '../../cluster/reaper.ts';
import { prometheusProcess } from '../../prometheus/server.ts';
import { type Boards, saveBoards } from './described.ts';
import { prepareFolder, RETENTION, TAKE_OVER_EVERY } from './ground.ts';

type LocalBoards = Boards & { readonly runtime: 'local' };

/** Starts the system's Prometheus as a process that outlives the lab. Until it is described it ends with the lab. */
export async function startProcess(preferredPort: number, signal: AbortSignal): Promise<Boards> {
  const { ports, release } = await reservePreferred(preferredPort);
  const [port = 0] = ports;
  const reaper = startReaper();
  try {
    const spec = prometheusProcess(await prepareFolder(), port, [
      `--storage.tsdb.retention.time=${RETENTION.time}`,
      `--storage.tsdb.retention.size=${RETENTION.size}`,
      `--scrape.discovery-reload-interval=${TAKE_OVER_EVERY}`,
      '--log.level=warn',
    ]);
    const member = new ProcessMember(spec, reaper);
    await member.start(signal);
    const boards = await saveBoards({
      format: 1,
      runtime: 'local',
      prometheus: { url: `http://${LOOPBACK}:${port}` },
      process: standing(spec, member.pid ?? 0),
    });
    await reaper.release();
    return boards;
  } finally {
    reaper.dismiss();
    release();
  }
}

export const isProcessUp = ({ process }: LocalBoards): boolean => runs(process);

export const endProcess = ({ process }: LocalBoards, signal: AbortSignal) => endProcesses([process], signal);
