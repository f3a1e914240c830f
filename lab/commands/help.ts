import { flagOf, PARAMETERS } from '../parameters/parameters.ts';
import type { Command } from './command.ts';

/** Every parameter, a line each. The targets are listed by the Makefile itself. */
export const help: Command = async () => {
  console.log('Parameters, as make variables (TTL=3s) and as flags (--ttl 3s):');
  for (const [name, { preset, about, allowed }] of Object.entries(PARAMETERS)) {
    console.log(`  ${`${name}=${preset}`.padEnd(22)} ${about}`);
    if (process.argv.includes('--allowed')) console.log(`  ${flagOf(name).padEnd(22)} ${allowed}`);
  }
  return 0;
};
