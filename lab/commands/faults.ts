import type { Judgement } from '../checks/index.ts';
import type { Command } from '../cli.ts';
import { runExperiment } from '../experiment.ts';
import { faults as registry } from '../faults/index.ts';
import { valuesFrom } from '../parameters.ts';
import { progressLine } from '../report/progress.ts';
import { wrapped } from '../report/summary.ts';
import { settingsFrom } from '../settings.ts';
import { EXIT_STATUS, RESULTS, worst } from './herd.ts';

const NAME_WIDTH = 20;
const HIT = 'fault hit and answered';

/** Every fault in turn, and the matrix of what answered it. */
export const faults: Command = async (typed, signal) => {
  // All are checked before the first is started.
  const runs = registry.map((fault) => {
    const values = valuesFrom('faults', [...typed, `FAULT=${fault.name}`], process.env);
    return { fault, repeat: values.REPEAT, settings: settingsFrom(values) };
  });
  const statuses: number[] = [];
  const rows: string[] = [];
  for (const { fault, repeat, settings } of runs) {
    for (let round = 1; round <= repeat; round++) {
      console.log(`\n${fault.name}: ${fault.summary}`);
      const progress = progressLine(settings.expiries);
      const { record } = await runExperiment({ settings, results: RESULTS, signal, ...progress }).finally(
        progress.end,
      );
      statuses.push(EXIT_STATUS[record.verdict]);
      rows.push(...rowOf(fault.name, fault.guard, record.verdict, record.checks));
      console.log(`${record.verdict}: ${RESULTS}/${record.run}`);
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
