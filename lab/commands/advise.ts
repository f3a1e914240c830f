import { adviceOn } from '../advice/advice.ts';
import { adviceText } from '../advice/advice-text.ts';
import { settingsFrom } from '../parameters/settings.ts';
import { valuesOf } from '../parameters/values.ts';
import type { Command } from './command.ts';

/** Prints what the models say for your own numbers, and the run that measures it. Starts nothing. */
export const advise: Command = async (invocation) => {
  const values = valuesOf(invocation);
  const workload = settingsFrom({ ...values, GRACE: values.STALE_OK });
  const question = { workload, staleOkMs: values.STALE_OK };
  console.log(adviceText(question, adviceOn(question)));
  return 0;
};
