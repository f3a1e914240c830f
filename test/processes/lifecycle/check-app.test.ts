import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import { fileURLToPath } from 'node:url';
import { type Checked, checkParts } from '../../../lab/check-app/check-parts.ts';
import { LIMITS, type Limits } from '../../../lab/check-app/instance.ts';
import { parts } from '../../../lab/check-app/parts/index.ts';
import { Stage } from '../../../lab/check-app/stage.ts';
import { readCommandLine } from '../../../lab/parameters/command-line.ts';
import { settingsFrom } from '../../../lab/parameters/settings.ts';
import { environmentFor, type Invocation, valuesOf } from '../../../lab/parameters/values.ts';
import type { Settings } from '../../../record/settings.ts';
import { descendantsOf, isRunning } from '../../support/descendants.ts';
import { eventually, labFolder, runLab, startLab } from '../../support/lab.ts';

const FLAWED = fileURLToPath(new URL('../../fixtures/services/flawed.mjs', import.meta.url));
const flawed = (...flaws: string[]) => `${process.execPath} ${FLAWED} ${flaws.join(' ')}`;

/** Whoever never listens or never ends is found out soon. The others may take as long as they need. */
const limitsFor = (app: string): Limits => ({
  ...LIMITS,
  ...(/\belsewhere\b/.test(app) && { listensWithinMs: 1000 }),
  ...(/\bstays\b/.test(app) && { drainMs: 0 }),
});

function settingsFor(app: string): Settings {
  const line = readCommandLine(['check-app', `APP=${app}`]) as Invocation;
  return settingsFrom(valuesOf({ ...line, environment: environmentFor(line.command, {}) }));
}

describe('make check-app', { concurrency: false }, () => {
  async function check(t: TestContext, app: string) {
    const folder = labFolder();
    t.after(() => folder.remove());
    const settings = settingsFor(app);
    const stage = await Stage.start(settings, folder.path, t.signal, limitsFor(app));
    const checked: Checked[] = [];
    try {
      for await (const one of checkParts(parts, stage)) checked.push(one);
    } finally {
      await stage.end();
    }
    const named = (verdict: string) =>
      checked.flatMap((one) => ('outcome' in one && one.outcome.verdict === verdict ? [one.part.name] : []));
    return { notMet: named('not met'), optional: named('optional'), ok: named('ok') };
  }

  const cases: readonly (readonly [what: string, app: string, notMet: readonly string[]])[] = [
    ['ends at once', 'exit 3', ['it starts']],
    ['listens elsewhere', flawed('elsewhere'), ['it listens on PORT']],
    ['serves other paths', flawed('not-found'), ['it serves a key']],
    [
      'asks no origin',
      flawed('makes-it-up', 'hides-errors'),
      ['it recomputes at the origin', 'an error is no 200'],
    ],
    [
      'has the name of another, and runs once only',
      flawed('as-another', 'alone'),
      ['it recomputes at the origin', 'two of it run at once'],
    ],
    [
      'leaves out the version, keeps nothing, hides errors and never ends',
      flawed('no-version', 'no-cache', 'hides-errors', 'stays'),
      ['its answer has a version', 'it serves from its cache', 'an error is no 200', 'it ends on SIGTERM'],
    ],
    [
      'counts versions itself, and keeps values to itself, for ever',
      flawed('own-version', 'own-cache', 'keeps-forever'),
      ["the version is the origin's", 'the others have the value', 'a value expires'],
    ],
  ];
  for (const [what, app, notMet] of cases)
    it(`says of a service that ${what} which parts are not met`, async (t) => {
      assert.deepEqual((await check(t, app)).notMet, notMet);
    });

  it('says what a service may do better', async (t) => {
    const { notMet, optional, ok } = await check(t, flawed('drops'));
    assert.deepEqual(notMet, []);
    assert.deepEqual(optional, ['it says what it replaces', 'it ends on SIGTERM']);
    assert.equal(ok.length, parts.length - 2);
  });

  it('says so in 80 columns, and ends with status 0 or 1', async (t) => {
    const folder = labFolder();
    t.after(() => folder.remove());
    const right = fileURLToPath(new URL('../../../examples/node/right.mjs', import.meta.url));
    const good = await runLab(folder.path, ['check-app', `APP=${process.execPath} ${right}`]);
    assert.equal(good.err, '');
    assert.equal(good.status, 0, good.out);
    assert.equal(good.out.match(/^ {2}ok /gm)?.length, parts.length, good.out);
    const bad = await runLab(folder.path, ['check-app', 'APP=exit 3']);
    assert.equal(bad.status, 1, bad.out);
    for (const line of `${good.out}${bad.out}`.split('\n'))
      assert.ok(line.length <= 80 || line.startsWith('logs: '), line);
  });

  it('leaves nothing behind when it is interrupted', async (t) => {
    const folder = labFolder();
    t.after(() => folder.remove());
    const lab = startLab(folder.path, ['check-app', `APP=${flawed('stays')}`, 'TTL=60m']);
    await eventually('the service', () => lab.out().includes('it serves a key'), 30_000);
    const started = descendantsOf(lab.child.pid as number);
    assert.ok(started.length >= 3);
    lab.child.kill('SIGINT');
    assert.equal(await lab.ended, 130);
    await eventually('the end of every process', () => !started.some(isRunning), 5000);
  });

  it('needs the command', async (t) => {
    const folder = labFolder();
    t.after(() => folder.remove());
    const { status, err } = await runLab(folder.path, ['check-app']);
    assert.equal(status, 64);
    assert.match(err, /make check-app APP=/);
  });
});
