import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type AblationRun, ablationRuns } from '../ablations.ts';
import { faultAnswered } from '../checks/fault-answered.ts';
import { injector } from '../checks/injector.ts';
import type { Command } from '../cli.ts';
import { runExperiment, timestamp } from '../experiment.ts';
import { valuesFrom } from '../parameters.ts';
import { type Ablated, markdownOf, statusOf, tableOf } from '../report/ablation.ts';
import { progressLine } from '../report/progress.ts';
import type { RunRecord } from '../report/record.ts';
import { type Settings, settingsFrom } from '../settings.ts';
import { RESULTS, worst } from './herd.ts';

/** Where one of these is unknown the run says nothing, whatever else was seen, and is tried again. */
const EVIDENCE = [faultAnswered, injector];
const ATTEMPTS = 3;

interface Planned {
  readonly ablation: AblationRun;
  readonly without: Settings;
  readonly full: Settings;
}

/** The lock with each guard taken out in turn, and whole under the very same fault and parameters. */
export const ablate: Command = async (typed, signal) => {
  // All are checked before the first is started.
  const { ABLATE } = valuesFrom('ablate', typed, process.env);
  const chosen = ablationRuns.filter(({ name }) => ABLATE === 'none' || ABLATE === name);
  const planned = chosen.map((ablation) => planOf(ablation, typed));
  const folder = join(RESULTS, `${timestamp(new Date())}-ablate`);
  await mkdir(folder, { recursive: true });

  const total = planned.length + new Set(planned.map(({ full }) => JSON.stringify(full))).size;
  let started = 0;
  const fullRuns = new Map<string, RunRecord>();
  const done: Ablated[] = [];
  const run = (settings: Settings, reasons: AblationRun['reasons'], title: string) => {
    started += 1;
    console.log(`\nrun ${started}/${total}: ${title}`);
    return runUntilTold(settings, reasons, signal);
  };
  for (const { ablation, without, full } of planned) {
    const under = ablation.fault ? ` under ${ablation.fault.name}` : '';
    const setting = JSON.stringify(full);
    const whole = fullRuns.get(setting) ?? (await run(full, [], `lock${under}, with every guard`));
    fullRuns.set(setting, whole);
    const bare = await run(without, ablation.reasons, `lock ${ablation.told}${under}`);
    done.push({ ablation, without: bare, full: whole });
    await writeFile(join(folder, 'ablation.md'), markdownOf(done));
  }
  console.log(`\n${tableOf(done)}\n\n${folder}/ablation.md`);
  return worst(done.map(statusOf));
};

function planOf(ablation: AblationRun, typed: readonly string[]): Planned {
  const fault = `FAULT=${ablation.fault?.name ?? 'none'}`;
  const values = valuesFrom('ablate', [...typed, fault, `ABLATE=${ablation.name}`], process.env);
  const without = settingsFrom(values);
  return { ablation, without, full: { ...without, ablate: null } };
}

/** A run that failed for one of these reasons, or, where there are none, passed, has said what it had to say. */
async function runUntilTold(
  settings: Settings,
  reasons: AblationRun['reasons'],
  signal: AbortSignal,
): Promise<RunRecord> {
  for (let attempt = 1; ; attempt++) {
    const progress = progressLine(settings.expiries);
    const { record } = await runExperiment({ settings, results: RESULTS, signal, ...progress }).finally(
      progress.end,
    );
    console.log(`${record.verdict}: ${RESULTS}/${record.run}`);
    const verdictOf = (name: string) => record.checks.find((check) => check.name === name)?.verdict;
    const told =
      reasons.length > 0 ? reasons.some(({ name }) => verdictOf(name) === 'fail') : record.verdict === 'pass';
    const empty = EVIDENCE.find(({ name }) => verdictOf(name) === 'unknown');
    if (told || !empty || attempt === ATTEMPTS) return record;
    console.log(`once more, since ${empty.name} is unknown`);
  }
}
