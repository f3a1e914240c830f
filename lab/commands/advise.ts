import { adviceOn } from '../advice/advice.ts';
import { adviceText } from '../advice/advice-text.ts';
import { valuesFrom } from '../parameters/parameters.ts';
import { settingsFrom } from '../parameters/settings.ts';
import type { Command } from './command.ts';

/** What the models say for somebody's own numbers, and the run that measures it. Starts nothing. */
export const advise: Command = async (typed) => {
  const values = valuesFrom('advise', typed, process.env);
  // Which strategy is the answer, and a healthy cluster the question.
  const setting = settingsFrom({
    ...values,
    STRATEGY: 'lock',
    FAULT: 'none',
    ABLATE: 'none',
    SINGLE_FLIGHT: 'on',
    GRACE: values.STALE_OK,
  });
  const question = { setting, staleOkMs: values.STALE_OK };
  console.log(adviceText(question, adviceOn(question)));
  return 0;
};
