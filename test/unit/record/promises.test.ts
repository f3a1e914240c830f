import assert from 'node:assert/strict';
import { describe, it, test } from 'node:test';
import { settingsFrom } from '../../../lab/parameters/settings.ts';
import { valuesFrom } from '../../../lab/parameters/values.ts';
import { isForeign, strategyOf } from '../../../record/foreign/foreign.ts';
import { InvalidPromise, PROMISE_WORDS, parsePromises } from '../../../record/foreign/promises.ts';
import { settingsSchema } from '../../../record/settings-schema.ts';

describe('a claim', () => {
  it('promises nothing without words', () => {
    for (const text of [null, '', ' \n '])
      assert.deepEqual(parsePromises(text), { monotonic: false, survives: [] });
  });

  it('is read word by word, in any order, whatever blanks are between them', () => {
    assert.deepEqual(
      parsePromises(
        ' monotonic  recomputes<=3\tmean<=1.25\nstale<=1.5s waits=nobody survives=kill-holder,flush ',
      ),
      {
        recomputes: 3,
        mean: 1.25,
        staleMs: 1500,
        waits: 'nobody',
        monotonic: true,
        survives: ['kill-holder', 'flush'],
      },
    );
    assert.deepEqual(parsePromises('survives=flush,flush stale<=0ms'), {
      monotonic: false,
      survives: ['flush'],
      staleMs: 0,
    });
  });

  const bad: readonly (readonly [word: string, says: RegExp])[] = [
    ['recomputes', /^CLAIM: recomputes is not a promise\..*Type: CLAIM='recomputes<=1'$/],
    ['recomputes=1', /recomputes=1 is not a promise/],
    ['recomputes<1', /recomputes<1 is not a promise/],
    ['recomputes<=0', /recomputes<=0 needs a whole number from 1 to/],
    ['recomputes<=1.5', /needs a whole number from 1/],
    ['recomputes<=', /recomputes<= needs a whole number/],
    ['recomputes<=1e3', /needs a whole number/],
    ['mean<=0.5', /mean<=0.5 needs a number from 1 to.*Type: CLAIM='mean<=1.5'$/],
    ['mean<=fast', /mean<=fast needs a number/],
    ['stale<=2', /stale<=2 needs a duration, such as 500ms or 2s.*Type: CLAIM='stale<=500ms'$/],
    ['stale=2s', /stale=2s is not a promise.*Type: CLAIM='stale<=500ms'$/],
    ['waits=all', /waits=all needs everyone or winner or nobody.*Type: CLAIM='waits=winner'$/],
    ['monotonic=on', /monotonic=on is not a promise.*Type: CLAIM='monotonic'$/],
    ['survives=', /survives= needs names of faults, separated by commas/],
    ['survives=kill-holder,', /needs names of faults/],
    ['survives=Kill', /needs names of faults/],
    ['monotonic monotonic', /monotonic is there twice/],
    ['recomputes<=1 recomputes<=2', /recomputes is there twice/],
    ['fenced', /fenced is not a promise.*Type: CLAIM='recomputes<=1'$/],
    ['constructor', /constructor is not a promise/],
    ['__proto__<=1', /__proto__<=1 is not a promise/],
  ];
  for (const [text, says] of bad)
    it(`is refused in one line: ${text}`, () =>
      assert.throws(
        () => parsePromises(text),
        (error: Error) =>
          error instanceof InvalidPromise &&
          says.test(error.message) &&
          error.message.includes(`Allowed: ${PROMISE_WORDS}. Type: CLAIM='`) &&
          !error.message.includes('\n'),
      ));

  it('that an error suggests is one', () => {
    for (const [text] of bad) {
      let message = '';
      try {
        parsePromises(text);
      } catch (error) {
        message = (error as Error).message;
      }
      parsePromises(/Type: CLAIM='(.*)'$/.exec(message)?.[1] ?? 'nothing');
    }
  });
});

test('a run is foreign with a command, an image or addresses, and is called yours', () => {
  const ours = settingsFrom(valuesFrom('herd', []));
  const cases = [
    [{}, false],
    [{ target: 'up' }, false],
    [{ app: 'node app.js' }, true],
    [{ image: 'mine:1' }, true],
    [{ target: 'http://localhost:8080' }, true],
  ] as const;
  for (const [own, foreign] of cases) {
    assert.equal(isForeign({ ...ours, ...own }), foreign);
    assert.equal(strategyOf({ ...ours, ...own }), foreign ? 'yours' : 'lock');
  }
});

test('the settings of an older run are those of a run of our own', () => {
  const ours = settingsFrom(valuesFrom('herd', []));
  const { app, image, target, claim, keyPath, headers, versionAt, ...older } = ours;
  assert.deepEqual(settingsSchema.parse(older), ours);
});
