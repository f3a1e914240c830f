import { UsageError } from '../services/shared/usage-error.ts';
import { ablate } from './commands/ablate.ts';
import { advise } from './commands/advise.ts';
import type { Command } from './commands/command.ts';
import { compare } from './commands/compare.ts';
import { faults } from './commands/faults.ts';
import { help } from './commands/help.ts';
import { herd, judge } from './commands/herd.ts';
import { jitter } from './commands/jitter.ts';
import { leases } from './commands/leases.ts';
import { down, heal, logs, status, up } from './commands/standing.ts';
import { readCommandLine } from './parameters/command-line.ts';
import type { CommandName } from './parameters/commands.ts';
import { wordsFromMake } from './parameters/make.ts';
import { environmentFor } from './parameters/values.ts';

const EXIT = { usage: 64, crashed: 70, interrupted: 130 } as const;

const commands: Record<CommandName, Command> = {
  herd,
  judge,
  faults,
  ablate,
  compare,
  jitter,
  advise,
  leases,
  up,
  status,
  logs,
  heal,
  down,
  help,
};

async function main(): Promise<number> {
  const [name = '', ...typed] = process.argv.slice(2);
  const interruption = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
    process.on(signal, () => interruption.abort());
  // Nobody reads on, as in `make herd | head`.
  process.stdout.on('error', () => interruption.abort());
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
    return await commands[line.command]({ ...line, environment }, interruption.signal);
  } catch (error) {
    if (error instanceof UsageError) {
      console.error(`dogpile-lab: ${error.message}`);
      return EXIT.usage;
    }
    if (interruption.signal.aborted) {
      console.error('\ninterrupted; everything that was started has been ended');
      return EXIT.interrupted;
    }
    return crashed(error);
  }
}

/** Says what broke in the lab itself, and why. */
function crashed(error: unknown): number {
  const { message, cause } = error as Error;
  console.error(`dogpile-lab: ${message}`);
  if (cause instanceof Error && !message.includes(cause.message))
    console.error(`  because: ${cause.message}`);
  return EXIT.crashed;
}

// Node would end with 1, which means that a run failed.
for (const event of ['uncaughtException', 'unhandledRejection'] as const)
  process.on(event, (error) => process.exit(crashed(error)));

process.exit(await main());
