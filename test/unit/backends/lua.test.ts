import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { test } from 'node:test';
import { type ScriptChange, ScriptError, scriptText } from '../../../backends/redis/ioredis/scripts.ts';

const LUA = new URL('../../../backends/redis/lua/', import.meta.url);

const namesIn = (folder: URL) =>
  readdirSync(folder)
    .filter((name) => name.endsWith('.lua'))
    .map((name) => name.slice(0, -'.lua'.length));

const scripts = namesIn(LUA);
const includes = namesIn(new URL('include/', LUA));
const texts = new Map(scripts.map((script) => [script, scriptText(script)]));

const timesIn = (text: string, part: string) => text.split(part).length - 1;
const definitionOf = (include: string) => `local function ${include}(`;

/** A change by which one script asks for an include. */
const including = (file: string, ...lines: string[]): ScriptChange => ({
  file,
  find: '-- include store_clock\n',
  replace: lines.map((line) => `-- include ${line}\n`).join(''),
});

test('every script joins, and keeps its head in front', () => {
  assert.ok(scripts.length > 0);
  for (const [script, text] of texts) {
    assert.match(text, /^-- /, script);
    assert.doesNotMatch(text, /^-- include/m, script);
  }
});

test('every include defines the function that it is named after, and some script uses it', () => {
  assert.ok(includes.length > 0);
  for (const include of includes) {
    const users = [...texts.values()].filter((text) => text.includes(definitionOf(include)));
    assert.ok(users.length > 0, include);
  }
});

test('every script has the functions that it calls, each once and before its first call, and no others', () => {
  for (const [script, text] of texts)
    for (const include of includes) {
      const calls = [...text.matchAll(new RegExp(`\\b${include}\\(`, 'g'))].map(({ index }) => index);
      const definition = text.indexOf(definitionOf(include)) + 'local function '.length;
      if (calls.length === 0) continue;
      assert.equal(
        calls[0],
        definition,
        `${script} calls ${include} before it is there, or does not include it`,
      );
      assert.equal(timesIn(text, definitionOf(include)), 1, `${script} has ${include} twice`);
      assert.ok(calls.length > 1, `${script} includes ${include} and does not call it`);
    }
});

test('no include has the name of a script, so that a change means one file', () => {
  assert.deepEqual(
    includes.filter((include) => scripts.includes(include)),
    [],
  );
});

test('an include that is named twice, directly or by another include, joins once', () => {
  const twice = scriptText('wanted', [including('wanted', 'store_clock', 'store_clock')]);
  assert.equal(twice, texts.get('wanted'));

  const nested = {
    file: 'mint_fence',
    find: 'local function',
    replace: '-- include store_clock\nlocal function',
  };
  const text = scriptText('invalidate', [nested]);
  assert.equal(timesIn(text, definitionOf('store_clock')), 1);
});

test('an unknown include is refused, with the names of the script and the include', () => {
  for (const unknown of ['nobody', 'commit', 'store_clock and more'])
    assert.throws(
      () => scriptText('wanted', [including('wanted', unknown)]),
      new ScriptError(`wanted.lua includes ${unknown}, but there is no lua/include/${unknown}.lua`),
    );
});

test('an unknown script is refused', () => {
  for (const unknown of ['nobody', 'mint_fence'])
    assert.throws(() => scriptText(unknown), new ScriptError(`there is no script lua/${unknown}.lua`));
});

test('a change replaces its text in the scripts that use the file, and nothing else', () => {
  const find = 'math.max(tonumber(previous) + 1, now_ms)';
  const changes = [{ file: 'mint_fence', find, replace: '$& now_ms' }];
  for (const [script, text] of texts)
    assert.equal(scriptText(script, changes), text.split(find).join('$& now_ms'), script);
  assert.notEqual(scriptText('mint', changes), texts.get('mint'));
});

test('changes of one file apply one after the other', () => {
  const changes = [
    { file: 'renew', find: 'return 0', replace: 'return 2' },
    { file: 'renew', find: 'return 2', replace: 'return 3' },
  ];
  assert.equal(scriptText('renew', changes), texts.get('renew')?.replace('return 0', 'return 3'));
});

test('a change that matches nowhere or more than once is refused, whichever script is read', () => {
  const refusals = [
    ['return nothing', 'a change of renew.lua finds "return nothing" nowhere'],
    ['return', 'a change of renew.lua finds "return" more than once'],
    ['', 'a change of renew.lua finds "" more than once'],
  ] as const;
  for (const script of ['renew', 'read'])
    for (const [find, message] of refusals)
      assert.throws(
        () => scriptText(script, [{ file: 'renew', find, replace: 'x' }]),
        new ScriptError(message),
      );
});

test('a change of an unknown file is refused', () => {
  assert.throws(
    () => scriptText('renew', [{ file: 'nobody', find: 'a', replace: 'b' }]),
    new ScriptError('a change names nobody, but lua/ has no such script and no such include'),
  );
});
