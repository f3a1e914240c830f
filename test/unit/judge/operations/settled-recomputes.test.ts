import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { recomputeOperationsIn } from '../../../../judge/operations/operations.ts';
import { settleRecomputes } from '../../../../judge/operations/settled-recomputes.ts';
import type { Event } from '../../../../record/events.ts';
import type { RunEvent } from '../../../../record/facts.ts';
import type { Begun } from '../../../../record/ledger.ts';

const begun = (version: number, atMs: number, replaces?: number, by = 'app-1'): Begun => ({
  ...{ event: 'begin', key: 'hot', id: version, version, by, arrivedAt: atMs, at: atMs },
  ...(replaces !== undefined && { replaces }),
});
const at = (ms: number, event: Event): RunEvent => ({ at: ms, by: 'app-1', ...event });
const asked = (ms: number, op: number, replaces?: number) =>
  at(ms, { event: 'recompute', key: 'hot', op, ...(replaces !== undefined && { replaces }) });
const ended = (ms: number, op: number, version: number) =>
  at(ms, { event: 'recompute-ended', key: 'hot', op, outcome: 'ok', version });
const cutOff = (ms: number, op: number) =>
  at(ms, { event: 'recompute-ended', key: 'hot', op, outcome: 'unknown', why: 'cut off' });

const outcomesOf = (events: readonly RunEvent[], ledger: readonly Begun[]) =>
  settleRecomputes(recomputeOperationsIn(events, 'hot'), ledger, 'hot').map(({ outcome }) => outcome);

describe('a recompute whose reply never came', () => {
  it('began if the ledger has it, whether its asker died or gave up', () => {
    assert.deepEqual(outcomesOf([asked(100, 1, 3)], [begun(4, 105, 3)]), ['begun']);
    assert.deepEqual(outcomesOf([asked(100, 1, 3), cutOff(900, 1)], [begun(4, 105, 3)]), ['begun']);
  });

  it('is lost if the ledger has none that fits: of its asker, after it, to replace the same version', () => {
    assert.deepEqual(outcomesOf([asked(100, 1, 3)], []), ['lost']);
    assert.deepEqual(outcomesOf([asked(100, 1, 3)], [begun(4, 105, 3, 'app-2')]), ['lost']);
    assert.deepEqual(outcomesOf([asked(100, 1, 3)], [begun(4, 20, 3)]), ['lost']);
    assert.deepEqual(outcomesOf([asked(100, 1, 3)], [begun(4, 105, 2)]), ['lost']);
    assert.deepEqual(outcomesOf([asked(100, 1)], [begun(4, 105, 2)]), ['lost']);
  });

  it('does not claim the line of another: each is claimed once', () => {
    const events = [asked(100, 1, 3), cutOff(150, 1), asked(200, 2, 3), ended(300, 2, 4)];
    assert.deepEqual(outcomesOf(events, [begun(4, 205, 3)]), ['lost', 'begun']);
    assert.deepEqual(outcomesOf([asked(100, 1, 3), asked(101, 2, 3)], [begun(4, 105, 3)]), ['begun', 'lost']);
  });
});

it('a recompute that its asker has an answer to, and the ledger does not know, stays open', () =>
  assert.deepEqual(outcomesOf([asked(100, 1, 3), ended(300, 1, 4)], [begun(5, 105, 3)]), ['open']));
