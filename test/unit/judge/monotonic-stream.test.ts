import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { Answered } from '../../../faults/support/evidence.ts';
import { evidenceFrom } from '../../../judge/evidence.ts';
import { findingsOf } from '../../../judge/verdict.ts';
import type { Arrival } from '../../../record/arrival.ts';
import type { Verdict } from '../../../record/result.ts';
import { inOrderOfEnding, type RecordedRun, recordedRun } from '../../support/recorded-run.ts';
import { noted } from '../../support/told-run.ts';

const quiet = await recordedRun('lock-run');
const since = quiet.facts.herd.openedAt;

/** The old algorithm, which had all answers at once: sorts them by ending and by sending, and walks both. */
function firstOlderRead(answers: readonly Answered[]): string | undefined {
  const byEnd = answers.toSorted((a, b) => a.endedAt - b.endedAt);
  const bySend = answers.toSorted((a, b) => a.sentAt - b.sentAt);
  let newest = 0;
  let ended = 0;
  for (const read of bySend) {
    for (let next = byEnd[ended]; next && next.endedAt < read.sentAt; next = byEnd[++ended])
      newest = Math.max(newest, next.version);
    if (read.version < newest)
      return `version ${read.version} from ${read.by} after ${newest} had been answered`;
  }
  return undefined;
}

/** Answers whose moments and versions often coincide. Most versions are as old as their moment; few are older. */
const answers = fc
  .array(
    fc.record({
      sent: fc.integer({ min: 0, max: 400 }),
      took: fc.integer({ min: 0, max: 30 }),
      behind: fc.constantFrom(0, 0, 0, 0, 0, 1, 2),
      by: fc.constantFrom('app-1', 'app-2'),
      degraded: fc.constantFrom(false, false, false, true),
    }),
    { maxLength: 80 },
  )
  .map((all) =>
    inOrderOfEnding(
      all.map(({ sent, took, behind, by, degraded }): Answered => {
        const version = Math.max(1, 1 + Math.floor((sent + took) / 40) - behind);
        const [sentAt, endedAt] = [since + sent, since + sent + took];
        return { dueAt: sentAt, sentAt, endedAt, ending: 'ok', served: 'hit', by, version, degraded };
      }),
    ),
  );

/** What the check must find of these orders, of which one has this older read. */
function verdictOn(orders: readonly (readonly Answered[])[], older: string | undefined): Verdict {
  if (older !== undefined) return 'fail';
  const rises = (answers: readonly Answered[]) =>
    answers.some(
      ({ version }, index) => index > 0 && answers.slice(0, index).every((a) => a.version < version),
    );
  return orders.some(rises) ? 'pass' : 'unknown';
}

const foundBy = (recording: RecordedRun, arrivals: readonly Arrival[]) =>
  findingsOf(evidenceFrom({ ...recording, arrivals })).find(({ name }) => name === 'monotonic reads');

test('reading the answers as they ended finds what sorting all of them found', () => {
  let older = 0;
  fc.assert(
    fc.property(answers, (arrivals) => {
      const stored = (arrivals as Answered[]).filter(({ degraded }) => !degraded);
      const expected = firstOlderRead(stored);
      const found = foundBy(quiet, arrivals);
      if (expected !== undefined) older += 1;
      assert.equal(found?.verdict, verdictOn([stored], expected), found?.detail);
      if (expected !== undefined) assert.equal(found?.detail, expected);
    }),
    { numRuns: 1000 },
  );
  assert.ok(older > 100 && older < 990, `${older} of 1000 histories had an older read`);
});

test('in a cut network it finds it in each order by itself', () => {
  const cut = noted(
    'partition',
    ({ at }) => ({ promoted: [1, {}], demoted: [300, {}], rejoined: [200, { 'app-1': at + 200 }] }),
    undefined,
    () => ['app-1'],
  );
  const [blow] = evidenceFrom(cut).struck;
  assert.ok(blow);
  const { timeline, tolerance } = blow;
  const injectedAt = timeline.injectedWallMs;
  let apart = 0;
  fc.assert(
    fc.property(answers, (arrivals) => {
      const moved = (arrivals as Answered[]).map((answer) => ({
        ...answer,
        dueAt: answer.dueAt - since + injectedAt,
        sentAt: answer.sentAt - since + injectedAt,
        endedAt: answer.endedAt - since + injectedAt,
      }));
      const stored = moved.filter(({ degraded }) => !degraded);
      const orders = Map.groupBy(stored, ({ by = '', sentAt, endedAt }) =>
        tolerance.orderOf(by, sentAt, endedAt, timeline),
      );
      orders.delete(undefined);
      if (orders.size > 1) apart += 1;
      const expected = [...orders.values()].map(firstOlderRead).find((found) => found !== undefined);
      const found = foundBy(cut, moved);
      assert.equal(found?.verdict, verdictOn([...orders.values()], expected), found?.detail);
    }),
    { numRuns: 500 },
  );
  assert.ok(apart > 100);
});

test('answers that are not in the order of their endings are no evidence', () => {
  const [first, second, ...rest] = quiet.arrivals;
  assert.ok(first && second);
  assert.equal(foundBy(quiet, [second, first, ...rest])?.verdict, 'unknown');
});
