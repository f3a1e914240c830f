import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { verdictOf } from '../../judge/verdict.ts';
import type { Settings } from '../../record/settings.ts';
import { rowOf, type Trial } from '../../report/comparison.ts';
import { attemptsText, csvTable, terminalTable } from '../../report/comparison-formats.ts';
import { wrapped } from '../../report/wrapped.ts';
import { seededRandom, seedFor } from '../../services/shared/random.ts';
import { printLink } from '../boards/link.ts';
import { EXIT_STATUS } from '../exit-status.ts';
import { settingsFrom } from '../parameters/settings.ts';
import { valuesOf } from '../parameters/values.ts';
import { runAndReport } from '../run/attempts.ts';
import { inBatch } from '../run/recording/batch-folder.ts';
import type { Command } from './command.ts';

/** The control is in every round: a machine that got slower in between shows in it too. */
const CONTROL = 'none';

/** Every strategy under the same load, in rounds of random order, and the table of what came out. */
export const compare: Command = async (invocation, signal) => {
  const values = valuesOf(invocation);
  const chosen = values.STRATEGIES.filter((name) => name !== CONTROL);
  const strategies = [CONTROL, ...chosen].map((STRATEGY) => settingsFrom({ ...values, STRATEGY }));
  const random = seededRandom(seedFor(values.SEED, 'compare'));
  const runs = new Map<string, Trial[]>(strategies.map(({ strategy }) => [strategy, []]));
  const total = values.TRIALS * strategies.length;
  return inBatch(invocation, total, async (batch) => {
    const fromMs = Date.now();
    let started = 0;
    let folder = '';
    for (let trial = 1; trial <= values.TRIALS; trial++) {
      for (const settings of shuffled(strategies, random)) {
        started += 1;
        console.log(`run ${started}/${total}: ${settings.strategy}, trial ${trial}`);
        // A seed of its own for each trial: the same draw three times would be one trial.
        const seed = seedFor(values.SEED, `trial ${trial}`);
        const run = await runAndReport({ ...settings, seed }, signal);
        runs.get(settings.strategy)?.push(run);
      }
      const rows = tableOf(runs, values.SEED);
      folder = await batch.write({ kind: 'compare', settings: strategies[0] as Settings, rows });
      await writeFile(join(folder, 'comparison.csv'), csvTable(rows));
    }
    const rows = tableOf(runs, values.SEED);
    console.log(`\n${terminalTable(rows)}\n`);
    for (const line of attemptsText(rows)) console.log(line);
    console.log('times in ms; worst: the slowest request, beyond the p99 of the hits');
    console.log('Rows whose intervals or ranges overlap do not differ. Every row with its brackets, 95 %');
    console.log('intervals over the expiries, or, where the title says so, the range of the trials:');
    console.log(wrapped('tables: ', `${folder}/summary.md and comparison.csv`).join('\n'));
    await printLink({ board: 'strategies', fromMs, toMs: Date.now() });
    return EXIT_STATUS[verdictOf(rows)];
  });
};

const tableOf = (runs: ReadonlyMap<string, readonly Trial[]>, seed: number) =>
  [...runs].map(([strategy, ofStrategy]) => rowOf(strategy, ofStrategy, seed));

/** Fisher and Yates. */
function shuffled<T>(list: readonly T[], random: () => number): T[] {
  const order = [...list];
  for (let last = order.length - 1; last > 0; last--) {
    const other = Math.floor(random() * (last + 1));
    [order[last], order[other]] = [order[other] as T, order[last] as T];
  }
  return order;
}
