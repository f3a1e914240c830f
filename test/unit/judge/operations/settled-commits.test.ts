import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { SAME_CLOCK } from '../../../../judge/clocks.ts';
import { commitOperationsIn } from '../../../../judge/operations/operations.ts';
import { commitsOf, settleCommits } from '../../../../judge/operations/settled-commits.ts';
import type { Arrival } from '../../../../record/arrival.ts';
import type { Event } from '../../../../record/events.ts';
import type { RunEvent } from '../../../../record/facts.ts';
import type { Begun, LedgerLine } from '../../../../record/ledger.ts';

const SENT_AT = 1000;
const OWN = { key: 'hot', version: 7, fence: 70 };

const at = (ms: number, by: string, event: Event): RunEvent => ({ at: ms, by, ...event });
const look = (seenAt: number, replaces: number, by = 'app-2'): Begun => ({
  ...{ event: 'begin', key: 'hot', by, id: seenAt, version: 8 },
  ...{ arrivedAt: seenAt + 1, at: seenAt + 1, seenAt, replaces },
});
const answer = (served: string, more: Partial<Arrival> = {}): Arrival => ({
  ...{ dueAt: 1100, sentAt: 1100, endedAt: 1101, ending: 'ok', status: 200 },
  ...{ by: 'app-2', version: 7, served, ...more },
});
const granted = (fence: number, storeAt: number) =>
  at(storeAt, 'app-2', { event: 'granted', key: 'hot', fence, token: 't', storeAt });
const woken = (fence: number, key = 'hot') => at(1050, 'app-2', { event: 'woken', key, fence });

/** The write of app-1 whose reply never came: under a lease, under a fence that it saw, or without a condition. */
const SENT: Readonly<Record<'grant' | 'seen-fence' | 'always', RunEvent>> = {
  grant: at(SENT_AT, 'app-1', { event: 'committing', ...OWN, op: 1, replaces: 6 }),
  'seen-fence': at(SENT_AT, 'app-1', { event: 'committing', ...OWN, op: 1 }),
  always: at(SENT_AT, 'app-1', { event: 'committing', ...OWN, op: 1, fence: 0 }),
};

interface Seen {
  readonly condition?: keyof typeof SENT;
  readonly events?: readonly RunEvent[];
  readonly ledger?: readonly LedgerLine[];
  readonly arrivals?: readonly Arrival[];
  readonly isForgotten?: boolean;
}

/** What becomes of the write if others saw this. */
function fateOf({ condition = 'grant', events = [], ledger = [], arrivals = [], isForgotten = false }: Seen) {
  const all = [SENT[condition], ...events];
  const evidence = { key: 'hot', events: all, ledger, arrivals, clocks: SAME_CLOCK };
  const settled = settleCommits(commitOperationsIn(all, 'hot'), {
    ...evidence,
    isForgotten: () => isForgotten,
  });
  return settled.find(({ by }) => by === 'app-1');
}
const outcomeOf = (seen: Seen) => fateOf(seen)?.outcome;

describe('a write whose reply never came', () => {
  it('is open if nobody saw anything of it', () => {
    for (const condition of ['grant', 'seen-fence', 'always'] as const)
      assert.equal(outcomeOf({ condition }), 'open', condition);
  });

  it('is open too if its reply is recorded as unknown, and settled if it is recorded as decided', () => {
    const ended = { event: 'commit' as const, op: 1, ...OWN };
    assert.equal(
      outcomeOf({ events: [at(1500, 'app-1', { ...ended, outcome: 'unknown', why: 'late' })] }),
      'open',
    );
    for (const [outcome, is] of [
      ['accepted', 'accepted'],
      ['fenced', 'refused'],
    ] as const)
      assert.equal(outcomeOf({ events: [at(1500, 'app-1', { ...ended, outcome, storeAt: 1400 })] }), is);
  });

  it('is absent if the store answered that it cannot write', () => {
    const ended = { event: 'commit' as const, op: 1, ...OWN };
    const refusal = at(1500, 'app-1', { ...ended, outcome: 'fail', why: 'NOREPLICAS' });
    for (const condition of ['grant', 'seen-fence', 'always'] as const)
      assert.equal(outcomeOf({ condition, events: [refusal] }), 'absent', condition);
  });

  it('was accepted if a later look names its version as the newest, and not if it names another', () => {
    for (const condition of ['grant', 'seen-fence', 'always'] as const) {
      assert.equal(outcomeOf({ condition, ledger: [look(1200, 7)] }), 'accepted', condition);
      assert.equal(outcomeOf({ condition, ledger: [look(1200, 6)] }), 'open', condition);
      assert.equal(outcomeOf({ condition, ledger: [look(1200, 9)] }), 'open', condition);
    }
    const committing = { event: 'committing' as const, key: 'hot', op: 1, version: 9, fence: 90 };
    assert.equal(outcomeOf({ events: [at(1300, 'app-2', { ...committing, replaces: 7 })] }), 'accepted');
    const recompute = { event: 'recompute' as const, key: 'hot', op: 2, replaces: 7 };
    assert.equal(outcomeOf({ events: [at(1300, 'app-2', recompute)] }), 'accepted');
  });

  it('was accepted if a waiter heard the fill under its fence', () => {
    assert.equal(outcomeOf({ events: [woken(70)] }), 'accepted');
    assert.equal(outcomeOf({ events: [woken(71)] }), 'open');
    assert.equal(outcomeOf({ events: [woken(70, 'other')] }), 'open');
    // The fence that a writer saw is that of the value before.
    assert.equal(outcomeOf({ condition: 'seen-fence', events: [woken(70)] }), 'open');
  });

  it('is not settled by a fill under a fence that two holders have', () => {
    const twin = { event: 'committing' as const, key: 'hot', op: 9, version: 8, fence: 70, replaces: 6 };
    assert.equal(outcomeOf({ events: [woken(70), at(1001, 'app-2', twin)] }), 'open');
  });

  it('was accepted if an answer came from the store with it', () => {
    for (const served of ['hit', 'stale'])
      for (const by of ['app-1', 'app-2'])
        assert.equal(outcomeOf({ arrivals: [answer(served, { by })] }), 'accepted', `${served} ${by}`);
    assert.equal(outcomeOf({ arrivals: [answer('waited')] }), 'accepted');
  });

  it('is not settled by an answer from the memory of its own process, or by one without the store', () => {
    for (const served of ['waited', 'recomputed', 'early'])
      assert.equal(outcomeOf({ arrivals: [answer(served, { by: 'app-1' })] }), 'open', served);
    assert.equal(outcomeOf({ arrivals: [answer('waited', { degraded: true })] }), 'open');
    assert.equal(outcomeOf({ arrivals: [answer('hit', { version: 8 })] }), 'open');
  });

  it('is absent once a newer fence was minted and a look after that finds an older version', () => {
    const invalidated = at(1100, 'app-2', { event: 'invalidated', key: 'hot', fence: 71, storeAt: 1100 });
    for (const newer of [granted(71, 1100), invalidated]) {
      assert.equal(outcomeOf({ events: [newer], ledger: [look(1100, 6)] }), 'absent');
      assert.equal(outcomeOf({ events: [newer], ledger: [look(1200, 0)] }), 'absent');
      assert.equal(
        outcomeOf({ condition: 'seen-fence', events: [newer], ledger: [look(1100, 6)] }),
        'absent',
      );
    }
  });

  it('is not absent by a look before the newer fence, by one that finds a newer version, or by an older fence', () => {
    assert.equal(outcomeOf({ events: [granted(71, 1100)], ledger: [look(1099, 6)] }), 'open');
    assert.equal(outcomeOf({ events: [granted(71, 1100)], ledger: [look(1100, 8)] }), 'open');
    assert.equal(outcomeOf({ events: [granted(69, 1100)], ledger: [look(1100, 6)] }), 'open');
    assert.equal(outcomeOf({ events: [granted(71, 1100)] }), 'open');
  });

  it('may still arrive if it has no condition', () =>
    assert.equal(
      outcomeOf({ condition: 'always', events: [granted(71, 1100)], ledger: [look(1100, 6)] }),
      'open',
    ));

  it('is absent if another write won under the fence that both saw', () => {
    const other = { key: 'hot', op: 5, version: 8 };
    const won = (outcome: 'accepted' | 'fenced') => [
      at(1001, 'app-2', { event: 'committing', ...other, fence: 70 }),
      at(1003, 'app-2', { event: 'commit', ...other, fence: 1002, outcome, storeAt: 1002 }),
    ];
    assert.equal(outcomeOf({ condition: 'seen-fence', events: won('accepted') }), 'absent');
    assert.equal(outcomeOf({ condition: 'seen-fence', events: won('fenced') }), 'open');
    assert.equal(outcomeOf({ condition: 'grant', events: won('accepted') }), 'open');
  });

  it('is absent if it was lost with the store, unless somebody saw it before', () => {
    assert.equal(outcomeOf({ condition: 'always', isForgotten: true }), 'absent');
    assert.equal(outcomeOf({ isForgotten: true, arrivals: [answer('hit')] }), 'accepted');
  });

  it('was accepted between its sending and the first evidence, and after a freeze of the store', () => {
    const arrivals = [answer('hit', { endedAt: 1150 }), answer('hit', { endedAt: 1120 })];
    const fate = fateOf({ arrivals, ledger: [look(1200, 7)] });
    assert.ok(fate);
    const rangeIn = (stall?: { fromWallMs: number; untilWallMs: number }) => {
      const [commit] = commitsOf([fate], SAME_CLOCK, stall);
      return [commit?.atStoreMs, commit?.atWallMs, commit?.until?.storeMs, commit?.until?.wallMs];
    };
    assert.deepEqual(rangeIn(), [1000, 1000, 1120, 1120]);
    assert.deepEqual(rangeIn({ fromWallMs: 900, untilWallMs: 1110 }), [1110, 1110, 1120, 1120]);
    assert.deepEqual(rangeIn({ fromWallMs: 1001, untilWallMs: 1110 }), [1000, 1000, 1120, 1120]);
  });
});

describe('a write that was sent again', () => {
  const again = (outcome: 'accepted' | 'fenced' | 'unknown') => {
    const sent = { event: 'committing' as const, ...OWN, op: 2, replaces: 6 };
    const ended = { event: 'commit' as const, ...OWN, op: 2 };
    return [
      at(1500, 'app-1', sent),
      outcome === 'unknown'
        ? at(1900, 'app-1', { ...ended, outcome, why: 'late' })
        : at(1900, 'app-1', { ...ended, outcome, storeAt: 1600 }),
    ];
  };
  const commitsWith = (events: readonly RunEvent[]) => commitOperationsIn([SENT.grant, ...events], 'hot');

  it('is one write, accepted when the store accepted the second', () => {
    const [write, ...more] = commitsWith(again('accepted'));
    assert.deepEqual(more, []);
    assert.deepEqual([write?.decision?.outcome, write?.decision?.storeAt], ['accepted', 1600]);
  });

  it('may have been accepted the first time if the second was refused', () => {
    assert.equal(commitsWith(again('fenced')).length, 1);
    assert.equal(outcomeOf({ events: again('fenced') }), 'open');
    assert.equal(outcomeOf({ events: [...again('fenced'), woken(70)] }), 'accepted');
  });

  it('is settled by what others saw if neither was answered', () => {
    assert.equal(outcomeOf({ events: again('unknown') }), 'open');
    assert.equal(outcomeOf({ events: again('unknown'), arrivals: [answer('hit')] }), 'accepted');
  });

  it('is two writes if it was accepted twice', () => {
    const first = at(1400, 'app-1', { event: 'commit', ...OWN, op: 1, outcome: 'accepted', storeAt: 1300 });
    assert.equal(commitsWith([first, ...again('accepted')]).length, 2);
  });
});

describe('the number of an operation', () => {
  const committing = (ms: number, version: number, op = 1) =>
    at(ms, 'app-1', { event: 'committing', key: 'hot', op, version, fence: version * 10, replaces: 0 });
  const accepted = (ms: number, version: number, op = 1, by = 'app-1') =>
    at(ms, by, {
      ...{ event: 'commit', key: 'hot', op, version, fence: version * 10 },
      ...{ outcome: 'accepted', storeAt: ms },
    });
  const decidedIn = (events: readonly RunEvent[]) =>
    commitOperationsIn(events, 'hot').map(({ version, decision }) => [version, decision !== undefined]);

  it('belongs to one journal', () =>
    assert.deepEqual(decidedIn([committing(1, 1), accepted(2, 2, 1, 'app-2')]), [
      [1, false],
      [2, true],
    ]));

  it('may begin anew in a restarted process: an end belongs to the last beginning before it', () => {
    assert.deepEqual(decidedIn([committing(1, 1), committing(5, 2), accepted(6, 2)]), [
      [1, false],
      [2, true],
    ]);
    assert.deepEqual(decidedIn([committing(1, 1), accepted(2, 1), committing(5, 2)]), [
      [1, true],
      [2, false],
    ]);
  });

  it('may go on in a restarted process', () =>
    assert.deepEqual(decidedIn([committing(1, 1, 1), committing(5, 2, 2), accepted(6, 2, 2)]), [
      [1, false],
      [2, true],
    ]));
});
