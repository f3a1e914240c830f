import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ablations } from '../../mutants/index.ts';
import type { Ablation } from '../../mutants/mutant.ts';
import { createFolder } from '../../record/files/run-folder.ts';
import { NONE } from '../../record/parameter.ts';
import type { RunRecord } from '../../record/result.ts';
import type { Settings } from '../../record/settings.ts';
import { type Ablated, exitStatusOf, markdownOf, tableOf } from '../../report/ablation.ts';
import { UsageError } from '../../services/shared/usage-error.ts';
import { worst } from '../exit-status.ts';
import { settingsFrom } from '../parameters/settings.ts';
import { type Invocation, valuesOf } from '../parameters/values.ts';
import { type Attempted, runUntilConclusive } from '../run/attempts.ts';
import { RESULTS } from '../run/results.ts';
import { timestamp } from '../run/timestamp.ts';
import { verdictIn } from '../run/why-again.ts';
import type { Command } from './command.ts';

interface Planned {
  readonly ablation: Ablation;
  readonly without: Settings;
  readonly full: Settings;
}

/** Takes out one guard after the other, and runs each strategy without it and whole, under the same fault and parameters. */
export const ablate: Command = async (invocation, signal) => {
  // All are checked before the first is started.
  const { ABLATE } = valuesOf(invocation);
  const chosen = ablations.filter(({ name }) => ABLATE === null || ABLATE === name);
  if (chosen.length === 0)
    throw new UsageError(
      `ABLATE=${ABLATE} takes out no guard. Allowed: ${ablations.map(({ name }) => name).join(', ')}. ` +
        `Type: make mutants ABLATE=${ABLATE}`,
    );
  const planned = chosen.map((ablation) => planOf(ablation, invocation));
  const folder = join(RESULTS, await createFolder(RESULTS, `${timestamp(new Date())}-ablate`));

  const total = planned.length + new Set(planned.map(({ full }) => JSON.stringify(full))).size;
  let started = 0;
  const fullRuns = new Map<string, Attempted>();
  const done: Ablated[] = [];
  const run = async (settings: Settings, reasons: Ablation['mustFail'], title: string) => {
    started += 1;
    console.log(`\nrun ${started}/${total}: ${title}`);
    return runUntilConclusive(settings, signal, isConclusiveFor(reasons));
  };
  for (const { ablation, without, full } of planned) {
    const under = ablation.fault ? ` under ${ablation.fault}` : '';
    const setting = JSON.stringify(full);
    const { strategy } = full;
    const whole = fullRuns.get(setting) ?? (await run(full, [], `${strategy}${under}, with every guard`));
    fullRuns.set(setting, whole);
    const bare = await run(without, ablation.mustFail, `${strategy} ${ablation.difference}${under}`);
    done.push({
      ablation,
      without: bare.record,
      full: whole.record,
      attempts: { without: bare.attempts, full: whole.attempts },
    });
    await writeFile(join(folder, 'ablation.md'), markdownOf(done));
  }
  console.log(`\n${tableOf(done)}\n\n${folder}/ablation.md`);
  return worst(done.map(exitStatusOf));
};

function planOf(ablation: Ablation, invocation: Invocation): Planned {
  const without = settingsFrom(
    valuesOf(invocation, { FAULT: ablation.fault ?? NONE, ABLATE: ablation.name }),
  );
  return { ablation, without, full: { ...without, ablate: null } };
}

/** Gives a test for a conclusive run: it failed for one of these reasons, or, if there are none, it passed. */
const isConclusiveFor =
  (reasons: Ablation['mustFail']) =>
  (record: RunRecord): boolean =>
    reasons.length > 0
      ? reasons.some((name) => verdictIn(record, name) === 'fail')
      : record.verdict === 'pass';
