import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type AblationRun, ablationRuns } from '../ablations.ts';
import { faultAnswered } from '../checks/fault-answered.ts';
import type { Command } from '../cli.ts';
import { runExperiment, timestamp } from '../experiment.ts';
import { valuesFrom } from '../parameters.ts';
import { type Ablated, markdownOf, statusOf, tableOf } from '../report/ablation.ts';
import { progressLine } from '../report/progress.ts';
import type { RunRecord } from '../report/record.ts';
import { type Settings, settingsFrom } from '../settings.ts';
import { RESULTS, worst } from './herd.ts';

/** A fault that missed says nothing, and is tried again. */
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
  const run = (settings: Settings, title: string) => {
    started += 1;
    console.log(`\nrun ${started}/${total}: ${title}`);
    return runUntilHit(settings, signal);
  };
  for (const { ablation, without, full } of planned) {
    const under = ablation.fault ? ` under ${ablation.fault.name}` : '';
    const setting = JSON.stringify(full);
    const whole = fullRuns.get(setting) ?? (await run(full, `lock${under}, with every guard`));
    fullRuns.set(setting, whole);
    const bare = await run(without, `lock ${ablation.told}${under}`);
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

async function runUntilHit(settings: Settings, signal: AbortSignal): Promise<RunRecord> {
  for (let attempt = 1; ; attempt++) {
    const progress = progressLine(settings.expiries);
    const { record } = await runExperiment({ settings, results: RESULTS, signal, ...progress }).finally(
      progress.end,
    );
    console.log(`${record.verdict}: ${RESULTS}/${record.run}`);
    const missed = record.checks.some(
      ({ name, verdict }) => name === faultAnswered.name && verdict === 'unknown',
    );
    if (!missed || attempt === ATTEMPTS) return record;
    console.log('the fault missed; once more');
  }
}
