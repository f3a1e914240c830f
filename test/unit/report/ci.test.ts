import assert from 'node:assert/strict';
import { test } from 'node:test';
import { judge } from '../../../judge/index.ts';
import type { Judgement, RunRecord } from '../../../record/result.ts';
import { batchMarkdown } from '../../../report/ci/batch.ts';
import { junitOf } from '../../../report/ci/junit.ts';
import { markdownOf } from '../../../report/ci/markdown.ts';
import { repeatCommand } from '../../../report/html/repeat.ts';
import { leaseRow, leasesBatch } from '../../support/batches.ts';
import { recordedRun } from '../../support/recorded-run.ts';

const { record } = judge(await recordedRun('lock-run'));
const withChecks = (...checks: Judgement[]): RunRecord => ({ ...record, checks });
const check = (verdict: Judgement['verdict'], detail: string): Judgement => ({
  name: verdict,
  verdict,
  detail,
});

test('JUnit has a case for each check, and an unknown one is an error', () => {
  const xml = junitOf(withChecks(check('pass', 'fine'), check('fail', 'not fine'), check('unknown', 'dark')));
  assert.match(xml, /^<\?xml version="1\.0" encoding="UTF-8"\?>\n<testsuites>/);
  assert.match(xml, /<testsuite name="dogpile-lab lock" tests="3" failures="1" errors="1">/);
  assert.match(xml, /<testcase classname="lock" name="fail"><failure message="not fine"\/><\/testcase>/);
  assert.match(xml, /<testcase classname="lock" name="unknown"><error type="unknown" message="dark"\/>/);
});

test('a stranger’s text becomes neither markup nor a cell', () => {
  const foreign = check('fail', '<b a="&">|`x`\u001b');
  assert.ok(junitOf(withChecks(foreign)).includes('message="&lt;b a=&quot;&amp;&quot;&gt;|`x`?"'));
  assert.ok(markdownOf(withChecks(foreign), []).includes('&lt;b a=&quot;&amp;&quot;&gt;\\|\\`x\\`?'));
});

/** Gives what Markdown shows as code in the last line, as CommonMark reads it. */
function codeIn(text: string): string | undefined {
  const [, , code = ''] = /^Repeat it: (`+)(?!`)(.*?)(?<!`)\1(?!`)/m.exec(text) ?? [];
  return code.startsWith(' ') ? code.slice(1, -1) : code;
}

for (const claim of ['recomputes<=1', '`<img src=x>`', 'a `` b ` c'])
  test(`the command in a summary is code from its beginning to its end: ${claim}`, () => {
    const config = { ...record.config, app: 'node a.js', claim, keyPath: '/:key?`[x](http://a)' };
    const code = codeIn(markdownOf({ ...record, config }, []));
    assert.equal(code, repeatCommand(config, record.runtime));
    const command = `make faults CLAIM='${claim}'`;
    assert.equal(codeIn(batchMarkdown({ ...leasesBatch([leaseRow('redis')]), command })), command);
  });

test('a command with the names of headers says that their values are to be put back', () => {
  const config = { ...record.config, app: 'node a.js', headers: 'Authorization: …' };
  assert.match(markdownOf({ ...record, config }, []), /HEADERS='Authorization: …'.*`\n.*put them back/);
  assert.doesNotMatch(markdownOf(record, []), /put them back/);
});

test('the summary says the verdict, shows the picture, and gives the command that repeats the run', () => {
  const text = markdownOf(record, ['  app-1     ··█+']);
  assert.ok(text.startsWith(`## ${record.verdict === 'pass' ? '✅' : '❔'} lock: ${record.verdict}`));
  assert.ok(text.includes('```\n  app-1     ··█+\n```'));
  assert.match(text, /Repeat it: `make herd STRATEGY=lock/);
  for (const { name } of record.checks) assert.ok(text.includes(`| ${name} |`), name);
});
