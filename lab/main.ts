import { EX_USAGE } from '../services/shared/config.ts';
import { UsageError } from '../services/shared/usage-error.ts';
import { ablate } from './commands/ablate.ts';
import { advise } from './commands/advise.ts';
import { boards, boardsDown } from './commands/boards.ts';
import { boardsCheck } from './commands/boards-check.ts';
import { checkApp } from './commands/check-app.ts';
import type { Command } from './commands/command.ts';
import { compare } from './commands/compare.ts';
import { consolePage } from './commands/console.ts';
import { faults } from './commands/faults.ts';
import { help } from './commands/help.ts';
import { herd, judge } from './commands/herd.ts';
import { jitter } from './commands/jitter.ts';
import { leases } from './commands/leases.ts';
import { load } from './commands/load.ts';
import { mutants } from './commands/mutants.ts';
import { origin } from './commands/origin.ts';
import { pictures } from './commands/pictures.ts';
import { rehearse } from './commands/rehearse.ts';
import { replay } from './commands/replay.ts';
import { report } from './commands/report.ts';
import { down, heal, logs, status, up } from './commands/standing.ts';
import { tour } from './commands/tour.ts';
import { crashLine, EX_CRASHED } from './crash.ts';
import { EX_INTERRUPTED, interruptionOfLab } from './interruption.ts';
import { readCommandLine } from './parameters/command-line.ts';
import type { CommandName } from './parameters/commands.ts';
import { wordsFromMake } from './parameters/make.ts';
import { environmentFor } from './parameters/values.ts';

const commands: Record<CommandName, Command> = {
  herd,
  judge,
  report,
  replay,
  faults,
  ablate,
  mutants,
  compare,
  jitter,
  advise,
  leases,
  'check-app': checkApp,
  tour,
  rehearse,
  pictures,
  console: consolePage,
  'boards-check': boardsCheck,
  origin,
  up,
  load,
  status,
  logs,
  heal,
  down,
  boards,
  'boards-down': boardsDown,
  help,
};

/** Runs what was typed, and gives the exit status. */
export async function main([name = '', ...typed]: readonly string[]): Promise<number> {
  const { signal: interruption, mayTake } = interruptionOfLab();
  try {
    const line = readCommandLine([
      /^(--help|-h)$/.test(name) ? 'help' : name,
      ...wordsFromMake(process.env),
      ...typed,
    ]);
    if ('help' in line) {
      process.stdout.write(line.help);
      return 0;
    }
    const environment = environmentFor(line.command, process.env);
    return await commands[line.command]({ ...line, environment }, interruption, mayTake);
  } catch (error) {
    if (interruption.aborted) {
      console.error('interrupted; everything that was started has been ended');
      return EX_INTERRUPTED;
    }
    if (error instanceof UsageError) {
      console.error(`dogpile-lab: ${error.message}`);
      return EX_USAGE;
    }
    console.error(crashLine(error));
    return EX_CRASHED;
  }
}
