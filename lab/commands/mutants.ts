import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { chooseRuntime } from '../../cluster/choose-runtime.ts';
import { findEngine } from '../../cluster/compose/engine.ts';
import { mutants as registry } from '../../mutants/index.ts';
import type { Mutant } from '../../mutants/mutant.ts';
import { createFolder } from '../../record/files/run-folder.ts';
import { NONE } from '../../record/parameter.ts';
import type { RunRecord } from '../../record/result.ts';
import type { Settings } from '../../record/settings.ts';
import { killersIn, markdownOf, type Outcome, outcomeOf, tableOf } from '../../report/mutants.ts';
import { UsageError } from '../../services/shared/usage-error.ts';
import { worst } from '../exit-status.ts';
import { ensureServersFor } from '../install/ensure-servers.ts';
import { settingsFrom } from '../parameters/settings.ts';
import { type Invocation, valuesOf } from '../parameters/values.ts';
import { runUntilConclusive } from '../run/attempts.ts';
import { RESULTS } from '../run/results.ts';
import { timestamp } from '../run/timestamp.ts';
import { verdictIn } from '../run/why-again.ts';
import type { Command } from './command.ts';

/** The runs that share one run of the unchanged strategy, beside which they are seen. */
interface Group {
  readonly whole: Settings;
  readonly mutants: readonly { readonly mutant: Mutant; readonly settings: Settings }[];
}

/** Runs each mutant, then the unchanged strategy under the same fault and parameters. A mutant must fail, that must not. */
export const mutants: Command = async (invocation, signal) => {
  // All are checked before the first is started.
  const groups = groupsOf(invocation);
  for (const { whole } of groups)
    await ensureServersFor(whole, await chooseRuntime(whole, () => findEngine(signal)), signal);
  const folder = join(RESULTS, await createFolder(RESULTS, `${timestamp(new Date())}-mutants`));
  const total = groups.reduce((sum, { mutants }) => sum + mutants.length + 1, 0);
  const outcomes: Outcome[] = [];
  for (const { whole, mutants } of groups) {
    const killers = new Set<string>();
    const run = async (settings: Settings, subject: string, isConclusive: (record: RunRecord) => boolean) => {
      console.log(`\nrun ${outcomes.length + 1}/${total}: ${subject}${underOf(settings)}`);
      const since = performance.now();
      const { record, attempts } = await runUntilConclusive(settings, signal, isConclusive);
      return { record, attempts, seconds: (performance.now() - since) / 1000 };
    };
    for (const { mutant, settings } of mutants) {
      const { name, difference } = mutant;
      const subject = `${name}: ${settings.strategy} ${difference}`;
      const isKilled = (record: RunRecord) => killersIn(record, mutant).length > 0;
      const ran = await run(settings, subject, isKilled);
      for (const killer of killersIn(ran.record, mutant)) killers.add(killer.name);
      outcomes.push(outcomeOf({ ...ran, mutant: name, expected: mutant }));
      await writeFile(join(folder, 'mutants.md'), markdownOf(outcomes));
    }
    const mustFail = [...killers];
    const passes = (record: RunRecord) => mustFail.every((name) => verdictIn(record, name) === 'pass');
    const ran = await run(whole, `${whole.strategy}, unchanged`, passes);
    outcomes.push(outcomeOf({ ...ran, mutant: undefined, expected: { mustFail } }));
    await writeFile(join(folder, 'mutants.md'), markdownOf(outcomes));
  }
  console.log(`\n${tableOf(outcomes)}\n\n${folder}/mutants.md`);
  return worst(outcomes.map(({ status }) => status));
};

function groupsOf(invocation: Invocation): Group[] {
  const { ABLATE, QUICK } = valuesOf(invocation);
  const chosen = registry.filter(
    ({ name, quick = false }) => (ABLATE === null || ABLATE === name) && (quick || !QUICK),
  );
  if (chosen.length === 0)
    throw new UsageError(
      `ABLATE=${ABLATE} is not in the sample of QUICK=on. Allowed: QUICK=off. Type: make mutants ABLATE=${ABLATE}`,
    );
  const planned = chosen.map((mutant) => ({ mutant, settings: settingsOf(mutant, invocation) }));
  const groups = Map.groupBy(planned, ({ settings }) => JSON.stringify({ ...settings, ablate: null }));
  return [...groups].map(([whole, mutants]) => ({ whole: JSON.parse(whole) as Settings, mutants }));
}

const settingsOf = ({ name, fault = NONE, strategy = 'lock' }: Mutant, invocation: Invocation): Settings =>
  settingsFrom(valuesOf(invocation, { ABLATE: name, FAULT: fault, STRATEGY: strategy }));

const underOf = ({ fault }: Settings): string => (fault === null ? '' : `, under ${fault}`);
