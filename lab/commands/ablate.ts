import { ablations } from '../../mutants/index.ts';
import type { Ablation } from '../../mutants/mutant.ts';
import { type AblationRow, batchRunOf } from '../../record/batch/batch.ts';
import { NONE } from '../../record/parameter.ts';
import type { RunRecord } from '../../record/result.ts';
import type { Settings } from '../../record/settings.ts';
import { neededIn, tableOf } from '../../report/ablation.ts';
import { UsageError } from '../../services/shared/usage-error.ts';
import { EXIT_STATUS, worst } from '../exit-status.ts';
import { settingsFrom } from '../parameters/settings.ts';
import { type Invocation, valuesOf } from '../parameters/values.ts';
import { type Attempted, runAndReport } from '../run/attempts.ts';
import { inBatch } from '../run/recording/batch-folder.ts';
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
  return inBatch(invocation, planned.length, async (batch) => {
    const total = planned.length + new Set(planned.map(({ full }) => JSON.stringify(full))).size;
    let started = 0;
    const fullRuns = new Map<string, Attempted>();
    const rows: AblationRow[] = [];
    const run = async (settings: Settings, reasons: Ablation['mustFail'], title: string) => {
      started += 1;
      console.log(`\nrun ${started}/${total}: ${title}`);
      return runAndReport(settings, signal, isConclusiveFor(reasons));
    };
    for (const { ablation, without, full } of planned) {
      const under = ablation.fault ? ` under ${ablation.fault}` : '';
      const setting = JSON.stringify(full);
      const { strategy } = full;
      const whole = fullRuns.get(setting) ?? (await run(full, [], `${strategy}${under}, with every guard`));
      fullRuns.set(setting, whole);
      const bare = await run(without, ablation.mustFail, `${strategy} ${ablation.difference}${under}`);
      rows.push(rowOf(ablation, bare, whole));
      await batch.write({ kind: 'ablate', rows });
    }
    console.log(`\n${tableOf(rows)}\n`);
    return worst(rows.map((row) => EXIT_STATUS[neededIn(row)]));
  });
};

const rowOf = (
  { name, guard, defendsAgainst, fault, mustFail }: Ablation,
  without: Attempted,
  full: Attempted,
): AblationRow => ({
  ...{ ablation: name, guard, defendsAgainst, fault: fault ?? null, mustFail },
  without: batchRunOf(without.record, without.attempts),
  full: batchRunOf(full.record, full.attempts),
});

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
