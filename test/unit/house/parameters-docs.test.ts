import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { docsRow } from '../../../lab/parameters/docs-row.ts';
import { PARAMETERS } from '../../../lab/parameters/parameters.ts';

const page = readFileSync(new URL('../../../docs/parameters.md', import.meta.url), 'utf8');

test('docs/parameters.md has one row for each parameter, under its group, as the table has it', () => {
  const shown = page.split(/^## /m).flatMap((section) => {
    const [group = '', ...lines] = section.split('\n');
    return lines.filter((line) => line.startsWith('| `')).map((line) => `${group}: ${line}`);
  });
  const expected = Object.values(PARAMETERS).map((parameter) => `${parameter.group}: ${docsRow(parameter)}`);
  assert.deepEqual(shown.toSorted(), expected.toSorted());
});
