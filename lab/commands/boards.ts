import { chooseRuntime } from '../../cluster/choose-runtime.ts';
import { findEngine } from '../../cluster/compose/engine.ts';
import { lockUp } from '../../cluster/standing/up-lock.ts';
import { UsageError } from '../../services/shared/usage-error.ts';
import { areBoardsUp, endBoards, startBoards } from '../boards/boards.ts';
import { BOARDS, type Boards, loadBoards } from '../boards/described.ts';
import { ensurePrometheus } from '../install/ensure-servers.ts';
import { valuesOf } from '../parameters/values.ts';
import type { Command } from './command.ts';

const LOCK = '.lab/boards.lock';

/** Keeps a Prometheus and a Grafana running that see every run, and says where they are. */
export const boards: Command = async (invocation, signal) => {
  const { RUNTIME } = valuesOf(invocation);
  const lock = await lockUp(LOCK);
  if (typeof lock === 'object')
    throw new UsageError(
      `another make boards is starting here (pid ${lock.heldBy}). Allowed: one at a time. Type: make boards, once it is done`,
    );
  try {
    printBoards(await upOrStarted(RUNTIME, signal));
    return 0;
  } finally {
    lock();
  }
};

async function upOrStarted(
  runtime: Parameters<typeof chooseRuntime>[0]['runtime'],
  signal: AbortSignal,
): Promise<Boards> {
  const before = loadBoards();
  if (before && (await areBoardsUp(before))) return before;
  // After a restart of the machine, some of it may still be there.
  if (before) await endBoards(before, signal);
  const choice = await chooseRuntime({ runtime }, () => findEngine(signal));
  console.log(`runtime ${choice.runtime}: ${choice.why}`);
  if (choice.runtime === 'local') await ensurePrometheus(signal);
  return startBoards(choice, signal);
}

export const boardsDown: Command = async (_invocation, signal) => {
  const described = loadBoards();
  if (!described) {
    console.log('no boards are up');
    return 0;
  }
  await endBoards(described, signal);
  console.log('ended the boards; make boards shows again what they have recorded');
  return 0;
};

/** Says where the boards are, and whether they run, if there are any. */
export async function printBoardsStatus(): Promise<boolean> {
  const described = loadBoards();
  if (!described) return true;
  const areUp = await areBoardsUp(described);
  printBoards(described, areUp ? 'up  ' : 'down');
  return areUp;
}

function printBoards({ prometheus, grafana }: Boards, state = 'up  '): void {
  console.log(`boards of every run, described in ${BOARDS}`);
  console.log(`  ${state}  ${'prometheus'.padEnd(11)} ${prometheus.url}`);
  if (grafana) console.log(`  ${state}  ${'grafana'.padEnd(11)} ${grafana.url}`);
  else console.log('without Grafana: import the files of grafana/json into one of yours');
}
