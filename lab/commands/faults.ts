import { faults as registry } from '../../faults/index.ts';
import { faultAnswered } from '../../judge/checks/fault-answered.ts';
import type { Judgement } from '../../record/result.ts';
import { wrapped } from '../../report/wrapped.ts';
import { UsageError } from '../../services/shared/usage-error.ts';
import { EXIT_STATUS, worst } from '../exit-status.ts';
import { settingsFrom } from '../parameters/settings.ts';
import { valuesOf } from '../parameters/values.ts';
import { runUntilConclusive } from '../run/attempts.ts';
import type { Command } from './command.ts';

const NAME_WIDTH = Math.max(...registry.map(({ name }) => name.length)) + 1;
const HIT = faultAnswered.name;

/** Every fault in turn that goes with what was typed, and the matrix of what answered it. */
export const faults: Command = async (invocation, signal) => {
  const leftOut: string[] = [];
  let unfit: UsageError | undefined;
  // All are checked before the first is started.
  const runs = registry.flatMap((fault) => {
    const values = valuesOf(invocation, { FAULT: fault.name });
    try {
      return [{ fault, repeat: values.REPEAT, settings: settingsFrom(values) }];
    } catch (error) {
      if (!(error instanceof UsageError)) throw error;
      leftOut.push(...wrapped('left out: ', `${fault.name}: ${error.message.split('. ')[0]}`));
      unfit = error;
      return [];
    }
  });
  if (runs.length === 0 && unfit) throw unfit;
  console.log(leftOut.join('\n'));
  const statuses: number[] = [];
  const rows: string[] = [];
  for (const { fault, repeat, settings } of runs) {
    for (let round = 1; round <= repeat; round++) {
      console.log(`\n${fault.name}: ${fault.summary}`);
      const { record } = await runUntilConclusive(settings, signal);
      statuses.push(EXIT_STATUS[record.verdict]);
      rows.push(...rowOf(fault.name, fault.guard, record.verdict, record.checks));
    }
  }
  console.log(`\n${'fault'.padEnd(NAME_WIDTH)}verdict  what was seen, and what answers it`);
  console.log(rows.join('\n'));
  return worst(statuses);
};

function rowOf(name: string, guard: string, verdict: string, checks: readonly Judgement[]): string[] {
  const seen = checks.find((check) => check.name === HIT)?.detail ?? '';
  const wanting = checks.filter((check) => check.verdict !== 'pass' && check.name !== HIT);
  return [
    ...wrapped(`${name.padEnd(NAME_WIDTH)}${verdict.padEnd(9)}`, seen),
    ...wrapped(' '.repeat(NAME_WIDTH + 9), `guard: ${guard}`),
    ...wanting.flatMap((check) =>
      wrapped(' '.repeat(NAME_WIDTH + 9), `${check.verdict}: ${check.name}: ${check.detail}`),
    ),
  ];
}
