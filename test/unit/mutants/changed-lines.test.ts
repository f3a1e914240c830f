import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { stripTypeScriptTypes } from 'node:module';
import { describe, it, test } from 'node:test';
import { refuseStaleMutant } from '../../../lab/parameters/stale-mutant.ts';
import { lineMutants } from '../../../mutants/lines/index.ts';
import { testedMutants } from '../../../mutants/lines/tested.ts';
import { changedFiles } from '../../../mutants/loading/changed-files.ts';
import { changedTexts, type LineChange } from '../../../mutants/loading/changed-text.ts';

const LOCK = 'strategies/lock.ts';

const every = [...lineMutants, ...testedMutants];

describe('every mutant that changes lines', () => {
  for (const { name, lines } of every)
    it(`${name} finds each of them exactly once, and leaves a module that Node can read`, () => {
      for (const text of changedFiles(lines).values()) assert.doesNotThrow(() => stripTypeScriptTypes(text));
    });
});

describe('a changed line is refused', () => {
  const change = (wrong: Partial<LineChange>): LineChange => ({
    file: LOCK,
    find: 'export const lock:',
    replace: '',
    ...wrong,
  });
  const cases: readonly [string, LineChange, RegExp][] = [
    [
      'of a file that does not exist',
      change({ file: 'strategies/luck.ts' }),
      /strategies\/luck.ts, and there is no such file/,
    ],
    ['that occurs nowhere', change({ find: 'await luck' }), /"await luck" in .*lock.ts, where that does not/],
    ['that occurs twice', change({ find: 'await ' }), /"await " in .*lock.ts, where that occurs more than/],
    ['that is empty', change({ find: '' }), /does not occur/],
  ];
  for (const [what, line, message] of cases)
    it(what, () => {
      assert.throws(() => changedFiles([line]), { code: 'ERR_DOGPILE_MUTANT', message });
      // The lab says it in one line, before it starts anything.
      assert.throws(
        () => refuseStaleMutant({ name: 'wrong', lines: [line] }),
        (error: Error) => {
          assert.match(error.message, /^ABLATE=wrong does not fit the code: .* Allowed: .* Type: .*$/);
          return 'code' in error && error.code === 'ERR_DOGPILE_USAGE';
        },
      );
    });
});

test('the changes of one file apply in order', () => {
  const changes = [
    { file: 'a', find: 'one', replace: 'two' },
    { file: 'a', find: 'two', replace: 'three' },
  ];
  assert.deepEqual([...changedTexts(changes, () => 'one')], [['a', 'three']]);
});

/** Makes the changes, loads what a member loads, and prints the modules that are not as on disk. */
const LOAD = `
  import { readFileSync } from 'node:fs';
  import { registerHooks } from 'node:module';
  import { changeLines, changeModules } from './mutants/loading/change-lines.ts';
  const { ABLATE, CHANGES } = process.env;
  changeLines(ABLATE);
  if (CHANGES) changeModules(JSON.parse(CHANGES));
  registerHooks({
    load(url, context, nextLoad) {
      const loaded = nextLoad(url, context);
      if (url.startsWith('file:') && !url.includes('/node_modules/') && url.endsWith('.ts'))
        if (String(loaded.source) !== readFileSync(new URL(url), 'utf8')) console.log(url);
      return loaded;
    },
  });
  await import('./services/member/wire.ts');
  await import('./services/app/server.ts');
`;

describe('a member loads', () => {
  function changedWith(environment: Readonly<Record<string, string>>): string[] {
    const args = ['--input-type=module', '--eval', LOAD];
    const cwd = new URL('../../../', import.meta.url);
    const env = { ...process.env, ...environment };
    const { stdout, stderr, status } = spawnSync(process.execPath, args, { cwd, encoding: 'utf8', env });
    assert.equal(status, 0, stderr);
    return stdout.split('\n').filter(Boolean).toSorted();
  }
  const filesOf = (lines: readonly LineChange[]) => [...changedFiles(lines).keys()].toSorted();

  it('its mutant, and every other module as it is on disk', () => {
    const lines = lineMutants.find(({ name }) => name === 'never-early')?.lines ?? [];
    assert.equal(lines.length, 1);
    assert.deepEqual(changedWith({ ABLATE: 'never-early' }), filesOf(lines));
  });

  it('no mutant of another name', () => assert.deepEqual(changedWith({ ABLATE: 'no-fence' }), []));

  it('none of the files that mutants change before it can be changed', () => {
    const changes = new Map(every.flatMap(({ lines }) => lines.map((line) => [line.file, line])));
    assert.ok(changes.size > 10);
    const lines = [...changes.values()];
    assert.deepEqual(changedWith({ CHANGES: JSON.stringify(lines) }), filesOf(lines));
  });
});
