import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { faultNamed } from '../../../faults/index.ts';
import { checks } from '../../../judge/checks/index.ts';
import { settingsFrom } from '../../../lab/parameters/settings.ts';
import { valuesFrom } from '../../../lab/parameters/values.ts';
import { ablations, mutants } from '../../../mutants/index.ts';
import { testedMutants } from '../../../mutants/lines/tested.ts';
import type { Mutant } from '../../../mutants/mutant.ts';
import { strategyNamed } from '../../../strategies/index.ts';

/** Checks of the load: what is wrong with a strategy does not show in them. */
const OF_THE_LOAD = ['injector health', 'expiries crossed under load'];
/** Checks of a user's own service. The services that they catch are in test/fixtures/services: see examples.test.ts. */
const OF_YOUR_OWN = ['answers made by the origin', 'no errors behind 200'];
const WITHOUT_MUTANT = [...OF_THE_LOAD, ...OF_YOUR_OWN];
const known = new Set(checks.map(({ name }) => name));

test('there are more than twenty mutants, each with a name of its own', () => {
  assert.ok(mutants.length > 20);
  assert.equal(new Set(mutants.map(({ name }) => name)).size, mutants.length);
  for (const ablation of ablations) assert.ok(mutants.includes(ablation));
});

test('every mutant names a strategy, a fault and checks that there are', () => {
  for (const { name, strategy = 'lock', fault, mustFail, mayDoubt = [] } of mutants) {
    assert.ok(strategyNamed(strategy), name);
    if (fault !== undefined) assert.ok(faultNamed(fault), name);
    const noticed = [...mustFail, ...mayDoubt];
    assert.ok(noticed.length > 0, name);
    for (const check of noticed) assert.ok(known.has(check), `${name}: ${check}`);
  }
});

test('every mutant does something, and the lab would begin its run', () => {
  for (const { name, strategy = 'lock', fault = 'none', takeOut, changes, lines } of mutants) {
    assert.ok(takeOut ?? changes ?? lines, name);
    const words = [`ABLATE=${name}`, `STRATEGY=${strategy}`, `FAULT=${fault}`];
    assert.equal(settingsFrom(valuesFrom('herd', words)).ablate, name);
  }
});

test('every check of our own strategies has a mutant that it must catch, unless it only tells whether the load was as wanted', () => {
  const caught = new Set(mutants.flatMap(({ mustFail, mayDoubt = [] }) => [...mustFail, ...mayDoubt]));
  for (const name of known) if (!WITHOUT_MUTANT.includes(name)) assert.ok(caught.has(name), name);
});

const TOLD_RUN = 'support/told-run.ts';
const page = (path: string) => readFileSync(new URL(`../../../${path}`, import.meta.url), 'utf8');

test('docs/judging.md names for each check the test that spoils its recording, and mutants that it must catch', () => {
  const [, section = ''] = page('docs/judging.md').split('\n## What shows that each check can fail\n');
  const rows = [
    ...(section.split('\n## ')[0]?.matchAll(/^\| (.+?) \| (.+) \(\[.*?\]\(\.\.\/(.+?)\)\) \| (.+) \|$/gm) ??
      []),
  ];
  assert.deepEqual(
    rows.map(([, check]) => check),
    checks.map(({ name }) => name),
  );
  for (const [, check = '', title = '', file = '', cell = ''] of rows) {
    const tests = page(file);
    assert.equal(tests.split(`('${title}', `).length, 2, `${check}: no test, or two: ${title}`);
    // The tests of a fault share the look at its check.
    const support = tests.includes(TOLD_RUN) ? page(`test/${TOLD_RUN}`) : '';
    assert.ok(`${tests}${support}`.includes(`'${check}'`), `${check}: ${file} does not name it`);
    const named = [...cell.matchAll(/`(.+?)`/g)].map(([, name]) => name);
    assert.equal(named.length === 0, WITHOUT_MUTANT.includes(check), `${check}: ${cell}`);
    for (const name of named) {
      const { mustFail = [], mayDoubt = [] } = mutants.find((mutant) => mutant.name === name) ?? {};
      assert.ok([...mustFail, ...mayDoubt].includes(check), `${check}: ${name} need not be caught by it`);
    }
  }
});

/** The row of docs/ablation.md for a mutant that is no ablation. */
function docsRow({
  name,
  strategy = 'lock',
  difference,
  fault,
  mustFail,
  mayDoubt = [],
  quick,
}: Mutant): string {
  const under = fault ? `\`${fault}\`` : 'the herd alone';
  const noticed = [...mustFail, ...mayDoubt.map((check) => `${check} (*unknown*)`)].join(', or ');
  return `| \`${name}\` | \`${strategy}\` ${difference} | ${under} | ${noticed} | ${quick ? 'yes' : ''} |`;
}

test('docs/ablation.md has a row for each mutant, as the registry has it', () => {
  const ablation = page('docs/ablation.md');
  const [, section = ''] = ablation.split('\n## Mutants');
  const shown = section.split('\n').filter((line) => /^\| `[a-z]/.test(line));
  const expected = mutants
    .filter((mutant) => !ablations.some(({ name }) => name === mutant.name))
    .map(docsRow);
  const tested = testedMutants.map(
    ({ name, difference, unseen, test: file }) =>
      `| \`${name}\` | ${difference} | ${unseen} | [${file.split('/').at(-1)}](../${file}) |`,
  );
  assert.deepEqual(shown, [...expected, ...tested]);
  for (const { name } of ablations) assert.ok(ablation.includes(`| \`${name}\` |`), name);
});
