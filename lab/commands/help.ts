import { helpText } from '../parameters/help-text.ts';
import type { Command } from './command.ts';

/** Every target and every parameter. */
export const help: Command = async () => {
  console.log(helpText());
  return 0;
};
