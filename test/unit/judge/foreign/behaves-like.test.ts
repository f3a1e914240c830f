import assert from 'node:assert/strict';
import { describe, it, test } from 'node:test';
import { behavesLike, SEPARATE } from '../../../../judge/foreign/behaves-like.ts';
import type { Behaviour } from '../../../../judge/foreign/behaviour.ts';
import { judge } from '../../../../judge/index.ts';
import { asForeign } from '../../../support/as-foreign.ts';
import { recordedRun } from '../../../support/recorded-run.ts';

/** What a run of each strategy behaves like, if nobody sees its inside. */
const NAMES: Readonly<Record<string, readonly string[]>> = {
  'none-run': ['none'],
  'single-flight-run': ['single-flight'],
  'lock-run': ['lock'],
  'stale-while-revalidate-run': ['stale-while-revalidate'],
  // No value came to its end in the run, so nothing tells which of them serves it then.
  'hybrid-run': ['hybrid', 'xfetch-lock'],
  'xfetch-run': ['xfetch'],
};

for (const [name, names] of Object.entries(NAMES))
  describe(`${name}, judged from outside`, async () => {
    const run = await recordedRun(name);
    const own = judge(run).record;

    for (const namesReplaced of [false, true]) {
      const how = namesReplaced ? 'the ledger' : 'the answers';
      const { record } = judge(asForeign(run, null, { namesReplaced }));

      it(`has the same recompute figures as from inside, by ${how}`, () => {
        assert.equal(record.attribution, namesReplaced ? 'ledger' : 'answers');
        assert.equal(record.expiries, own.expiries);
        assert.deepEqual(record.origin, own.origin);
      });

      it(`behaves like ${names.join(' or ')}, by ${how}`, () => {
        assert.deepEqual(record.behavesLike?.names, names, record.behavesLike?.why);
      });
    }

    it('passes without a claim, on what can be seen', () => {
      const { record } = judge(asForeign(run));
      const bad = record.checks.filter(({ verdict }) => verdict !== 'pass');
      assert.deepEqual(bad, []);
      assert.deepEqual(
        record.checks.map((check) => check.name),
        [
          'evidence intact',
          'answers made by the origin',
          'no errors behind 200',
          'every recompute explained',
          'every request accounted for',
          'injector health',
          'expiries crossed under load',
        ],
      );
    });
  });

test('what needs the inside is not visible, and never passes', async () => {
  const { record } = judge(asForeign(await recordedRun('lock-run')));
  const hidden = record.notVisible?.map(({ name }) => name) ?? [];
  assert.deepEqual(hidden, [
    'every operation settled',
    'every answer explained',
    'served from the store',
    'fencing order',
    'labels agree with the clock',
    'one waiter per replica',
    'woken, not polling',
  ]);
  for (const { name } of record.checks) assert.ok(!hidden.includes(name), name);
});

test('a run of our own has nothing that is not visible, and no check of a foreign one', async () => {
  const { record } = judge(await recordedRun('lock-run'));
  for (const field of ['notVisible', 'behavesLike', 'attribution']) assert.ok(!(field in record), field);
  for (const { name } of record.checks) assert.doesNotMatch(name, /made by the origin|behind 200/);
});

/** One recompute per expiry by four replicas, for which everybody waits. */
const LOCK: Behaviour = {
  ...{ expiries: 10, replicas: 4, herd: 200, recomputes: 1, byOneReplica: 1, leadMs: -3, ttlMs: 3000 },
  waits: {
    ...{ medianMs: 1, waitMs: 51, inside: 2000, outside: 20_000, slow: 1500, slowUnexplained: 1500 },
    ...{ slowOutside: 0, windows: 10, pieces: 0 },
  },
  ...{ answers: 22_000, stale: 0, ownValue: 5500, byRefreshers: false },
};
const slow = (count: number): Partial<Behaviour> => ({ waits: { ...LOCK.waits, slow: count } });

const CASES: readonly (readonly [what: string, change: Partial<Behaviour>, names: readonly string[]])[] = [
  ['one recompute for which all wait', {}, ['lock']],
  ['one replica', { replicas: 1 }, ['lock', 'single-flight']],
  ['one waits, the others get the old value', { ...slow(10), stale: 400 }, ['try-lock']],
  ['nobody waits, all get the old value', { ...slow(0), stale: 400 }, ['stale-while-revalidate']],
  ['nobody is seen to wait, nor an old value', slow(0), ['lock', 'stale-while-revalidate']],
  ['one waits, and no old value is seen', slow(10), ['lock', 'try-lock']],
  ['early, and nobody waits', { ...slow(0), leadMs: 900 }, ['hybrid', 'xfetch-lock']],
  ['early, but some values come to their end', { ...slow(0), leadMs: 900, stale: 9 }, ['hybrid']],
  ['early, and whoever recomputes waits', { ...slow(10), leadMs: 900 }, ['xfetch']],
  [
    'early, by processes that answer nobody',
    { ...slow(0), leadMs: 700, byRefreshers: true },
    ['refresh-ahead'],
  ],
  ['early, several recomputes', { leadMs: 900, recomputes: 2.2 }, ['xfetch']],
  ['one recompute per replica', { recomputes: 4 }, ['single-flight']],
  ['more than one recompute, but not one per replica', { recomputes: 1.5 }, ['single-flight', 'lock']],
  ['each request recomputes', { recomputes: 207, byOneReplica: 60 }, ['none']],
  ['each replica with its own values', { ownValue: 22_000 }, [SEPARATE]],
  ['a single expiry', { expiries: 1 }, []],
];

for (const [what, change, names] of CASES)
  test(`behaves like ${names.join(' or ') || 'nothing that one can say'}: ${what}`, () => {
    assert.deepEqual(behavesLike({ ...LOCK, ...change }).names, names);
  });
