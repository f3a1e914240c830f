import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline/promises';
import type { RunRecord, Verdict } from '../../record/result.ts';
import { runPicture } from '../../report/lanes/run-picture.ts';
import { progressLine } from '../../report/progress.ts';
import { wrapped } from '../../report/wrapped.ts';
import { EXIT_STATUS, worst } from '../exit-status.ts';
import { settingsFrom } from '../parameters/settings.ts';
import { valuesFrom, valuesOf } from '../parameters/values.ts';
import { runExperiment } from '../run/experiment.ts';
import { readRun } from '../run/recording/read-run.ts';
import { writeReport } from '../run/recording/write-report.ts';
import { RESULTS } from '../run/results.ts';
import { type Choice, herdWordsOf, STEPS, type Step } from '../tour/steps.ts';
import type { Command } from './command.ts';

/** Leads through the dogpile and its cures: for each step a guess, a run, and a picture of what happened. */
export const tour: Command = async (invocation, signal) => {
  const { RUNTIME, STEP } = valuesOf(invocation);
  const steps = STEPS.map((step, index) => ({ step, number: index + 1 })).slice(STEP - 1);
  say(
    `${steps.length === 1 ? '1 step; it takes a minute' : `${steps.length} steps, a minute each`}. Guess first, then look. Enter goes on; Ctrl-C ends the tour and leaves nothing behind.`,
  );
  const verdicts: Verdict[] = [];
  for (const { step, number } of steps) {
    const guess = await introduce(step, number, signal);
    const settings = settingsFrom(valuesFrom('herd', [...herdWordsOf(step), `RUNTIME=${RUNTIME}`]));
    const progress = progressLine(settings.expiries);
    const judged = await runExperiment({ settings, results: RESULTS, signal, ...progress }).finally(
      progress.end,
    );
    const { record } = judged;
    conclude(step, record, guess);
    console.log(wrapped('report: ', await writeReport(join(RESULTS, record.run), judged)).join('\n'));
    verdicts.push(record.verdict);
  }
  say('');
  say(
    'What to do next: make compare runs all strategies side by side; make advise chooses one for your numbers; docs/strategies.md explains them.',
  );
  return worst(verdicts.map((verdict) => EXIT_STATUS[verdict]));
};

const say = (text: string): void => console.log(wrapped('', text).join('\n'));

/** Says what the step is about, and asks. Gives the guess; undefined if there is none. */
async function introduce(step: Step, number: number, signal: AbortSignal): Promise<Choice | undefined> {
  console.log(`\n${number} of ${STEPS.length}: ${step.title}\n`);
  say(step.about);
  console.log(`\n${step.question}`);
  for (const [index, { text }] of step.choices.entries()) console.log(`  ${index + 1}  ${text}`);
  const guess = await ask('\nyour guess: ', signal);
  console.log(`\nmake ${step.run.join(' ')}`);
  return step.choices[Number(guess) - 1];
}

/** Asks whoever sits at the terminal; without one nobody is asked. */
async function ask(question: string, signal: AbortSignal): Promise<string> {
  if (!process.stdin.isTTY || !process.stdout.isTTY) return '';
  const terminal = createInterface({ input: process.stdin, output: process.stdout });
  // In raw mode, Ctrl-C reaches this and not the process.
  terminal.on('SIGINT', () => process.kill(process.pid, 'SIGINT'));
  try {
    // Ctrl-D closes it, and the question would stay open.
    const closed = once(terminal, 'close', { signal }).then(() => '');
    return await Promise.race([terminal.question(question, { signal }), closed]);
  } finally {
    terminal.close();
  }
}

/** Shows what happened, says what it teaches, and how the guess fared. */
function conclude(step: Step, record: RunRecord, guess: Choice | undefined): void {
  const folder = `${RESULTS}/${record.run}`;
  console.log('');
  console.log(runPicture(readRun(folder)).join('\n'));
  console.log('');
  if (record.verdict !== 'pass')
    say(
      `The verdict is ${record.verdict}: the machine was busy, or something is wrong. The figures may mislead; make judge RUN=${folder} says why.`,
    );
  const happened = step.choices.find((choice) => choice.happened(record));
  if (guess)
    console.log(guess === happened ? 'You were right.' : `It was: ${happened?.text ?? 'none of these'}.`);
  say(step.lesson(record));
}
