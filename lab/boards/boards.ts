import type { RuntimeChoice } from '../../cluster/choose-runtime.ts';
import { areContainersUp, endContainers, startContainers } from './containers.ts';
import { type Boards, forgetBoards, loadBoards } from './described.ts';
import { endProcess, isProcessUp, startProcess } from './process.ts';

/** Where the boards are, if nobody else is there. */
const PREFERRED = { prometheus: 9090, grafana: 3000 } as const;

export const startBoards = ({ runtime }: RuntimeChoice, signal: AbortSignal): Promise<Boards> =>
  runtime === 'compose' ? startContainers(PREFERRED, signal) : startProcess(PREFERRED.prometheus, signal);

/** Gives the boards if they run. Their description alone may be left from before a restart of the machine. */
export async function boardsThatRun(): Promise<Boards | undefined> {
  const boards = loadBoards();
  return boards && (await areBoardsUp(boards).catch(() => false)) ? boards : undefined;
}

/** Tells whether all of them run. After a restart of the machine none does. */
export const areBoardsUp = async (boards: Boards): Promise<boolean> =>
  boards.runtime === 'compose' ? areContainersUp(boards) : isProcessUp(boards);

/** Ends them, and forgets where they were. What they have recorded stays. */
export async function endBoards(boards: Boards, signal: AbortSignal): Promise<void> {
  await (boards.runtime === 'compose' ? endContainers(boards) : endProcess(boards, signal));
  await forgetBoards();
}
