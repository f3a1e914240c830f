import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { leaseBackends } from '../../../backends/locks/index.ts';
import { faults } from '../../../faults/index.ts';
import { readCommandLine } from '../../../lab/parameters/command-line.ts';
import { commandNames, specOf } from '../../../lab/parameters/commands.ts';
import { helpText } from '../../../lab/parameters/help-text.ts';
import { flagOf, PARAMETERS } from '../../../lab/parameters/parameters.ts';
import { strategies } from '../../../strategies/index.ts';

const help = helpText();
const makefile = readFileSync(new URL('../../../Makefile', import.meta.url), 'utf8');

test('help fits in 80 columns', () => {
  for (const line of help.split('\n')) assert.ok(line.length <= 80, line);
});

test('help lists each target of the Makefile and no other, and says how long each takes', () => {
  const inMakefile = [
    ...(/^COMMANDS := (.*)$/m.exec(makefile)?.[1]?.split(' ') ?? []),
    ...[...makefile.matchAll(/^\.PHONY: ([a-z-]+)$/gm)].map(([, name = '']) => name),
  ].filter((name) => name !== 'plain');
  const rows = [...help.matchAll(/^ {2}make ([a-z-]+) {2,}.*$/gm)];
  assert.deepEqual(rows.map(([, name]) => name).toSorted(), inMakefile.toSorted());
  for (const [row, name = ''] of rows)
    if (!['logs', 'load', 'origin', 'console'].includes(name)) assert.match(row, / \d+ (?:s|min)$/);
  for (const name of commandNames) assert.ok(inMakefile.includes(name), name);
});

test('help lists every parameter, strategy, fault and lease backend', () => {
  for (const name of Object.keys(PARAMETERS)) assert.match(help, new RegExp(`^ {2}${name}=`, 'm'));
  const words = new Set(help.split(/[\s,]+/));
  for (const name of [...[...strategies, ...faults].map((one) => one.name), ...leaseBackends])
    assert.ok(words.has(name), name);
});

test("a command's --help has its own parameters alone, in 80 columns", () => {
  for (const command of commandNames) {
    const line = readCommandLine([command, '--help']);
    assert.ok('help' in line);
    for (const row of line.help.split('\n')) assert.ok(row.length <= 80, row);
    const flags = [...line.help.matchAll(/^ {2}(--[a-z-]+) </gm)].map(([, flag]) => flag);
    assert.deepEqual(flags.toSorted(), specOf(command).takes.map(flagOf).toSorted());
  }
});
