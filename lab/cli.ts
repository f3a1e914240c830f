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

const EXIT = { usage: 64, crashed: 70, interrupted: 130 } as const;

const commands: Record<string, Command> = {
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
  const command = commands[name];
  const interruption = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
    process.on(signal, () => interruption.abort());
  // Nobody reads on, as in `make herd | head`.
  process.stdout.on('error', () => interruption.abort());
  try {
    if (!command)
      throw new UsageError(
        `${name || 'nothing'} is not a command: ${Object.keys(commands).join(', ')}. Type: make help`,
      );
    // Pairs from make come in one variable, so that no shell reads them.
    const fromMake = (process.env.LAB_OVERRIDES ?? '').split(/\s+/).filter(Boolean);
    return await command([...fromMake, ...typed], interruption.signal);
  } catch (error) {
    if (error instanceof UsageError) {
      console.error(`dogpile-lab: ${error.message}`);
      return EXIT.usage;
    }
    if (interruption.signal.aborted) {
      console.error('\ninterrupted; everything that was started has been ended');
      return EXIT.interrupted;
    }
    console.error(`dogpile-lab: ${(error as Error).message}`);
    return EXIT.crashed;
  }
}

process.exit(await main());
