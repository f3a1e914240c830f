// Each test keeps the algorithm that had all arrivals at once, and holds the one that sees them one by one to it.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { Answered, Commit, Cycle } from '../../../faults/support/evidence.ts';
import { crosses, forEachCrossed } from '../../../faults/support/lookups.ts';
import { letPass } from '../../../faults/support/witness.ts';
import { evidenceFrom } from '../../../judge/evidence.ts';
import { paceOf } from '../../../judge/load/pace.ts';
import { outcomesOf } from '../../../judge/outcomes.ts';
import { findingsOf } from '../../../judge/verdict.ts';
import type { Arrival } from '../../../record/arrival.ts';
import { inOrderOfEnding, recordedRun } from '../../support/recorded-run.ts';

const squid = await recordedRun('squid-run');
const warmAt = evidenceFrom(squid).warmWallMs;

/** Answers by two proxies, who forward some and share some of those with others. */
const proxied = fc
  .array(
    fc.record({
      sent: fc.integer({ min: 0, max: 3000 }),
      took: fc.integer({ min: 0, max: 400 }),
      via: fc.constantFrom('proxy-1', 'proxy-2'),
      cache: fc.constantFrom('hit' as const, 'fwd' as const, 'fwd' as const, 'stale' as const),
      served: fc.constantFrom('hit', 'recomputed', 'waited'),
      degraded: fc.boolean(),
    }),
    { maxLength: 60 },
  )
  .map((all) =>
    inOrderOfEnding(
      all.map(({ sent, took, ...rest }): Answered => {
        const [sentAt, endedAt] = [warmAt + sent, warmAt + sent + took];
        // Who ends within the same half second shares an answer.
        const version = Math.floor((sent + took) / 500);
        return {
          ...{ dueAt: sentAt, sentAt, endedAt, ending: 'ok', by: 'app-1', version },
          ...{ answeredAt: warmAt + version * 500, ...rest },
        };
      }),
    ),
  );

test('behind proxies it finds the same request forwarded', () => {
  const commits = [1, 2, 3, 4].map((version): Commit => {
    const at = warmAt + version * 500 + 100;
    return { version, fence: version, accepted: version !== 3, atStoreMs: at, atWallMs: at, by: 'app-1' };
  });
  const storedAt = new Map(commits.filter((c) => c.accepted).map((c) => [c.version, c.atWallMs]));
  const answerOf = ({ via, by, version, answeredAt }: Answered) => `${via} ${by} ${version} ${answeredAt}`;
  fc.assert(
    fc.property(proxied, (arrivals) => {
      const answers = arrivals as Answered[];
      const forwarded = new Map<string, Answered>();
      for (const answer of answers.filter(({ cache }) => cache === 'fwd')) {
        const first = forwarded.get(answerOf(answer));
        if (!first || answer.sentAt < first.sentAt) forwarded.set(answerOf(answer), answer);
      }
      const expected = answers.map((answer) => {
        if (answer.cache === 'stale' || forwarded.get(answerOf(answer)) === answer) return answer;
        const waited = answer.sentAt < (storedAt.get(answer.version) ?? 0);
        return { ...answer, cache: 'hit', served: waited ? 'waited' : 'hit' };
      });
      assert.deepEqual([...outcomesOf(answers, commits)], expected);
    }),
  );
});

test('behind proxies it counts the same labels after the first fill', () => {
  const claim = { ...squid.claim, waits: 'nobody' as const };
  const storedAt = new Map(evidenceFrom(squid).commits.map((c) => [c.version, c.atWallMs]));
  let some = 0;
  fc.assert(
    fc.property(proxied, (arrivals) => {
      const evidence = evidenceFrom({ ...squid, claim, arrivals });
      const answers = [...evidence.arrivals] as Answered[];
      const first = new Map<string, number>();
      for (const { via = '', endedAt } of answers)
        first.set(via, Math.min(endedAt, first.get(via) ?? Number.POSITIVE_INFINITY));
      const later = answers.filter(({ sentAt }) => sentAt > Math.max(...first.values()));
      const metOnTheWay = ({ served, version, sentAt }: Answered) =>
        served === 'waited' && (storedAt.get(version) ?? 0) - sentAt <= 50;
      const waited = later.filter(
        (answer) => !['hit', 'stale'].includes(answer.served) && !metOnTheWay(answer),
      ).length;
      if (waited > 0) some += 1;
      const found = findingsOf(evidence).find(({ name }) => name === 'labels agree with the clock');
      if (later.length > 0)
        assert.match(found?.detail ?? '', new RegExp(`^${waited} of ${later.length} against`));
    }),
  );
  assert.ok(some > 20, `${some}`);
});

test('it finds the same expiries crossed', () => {
  const cycles = fc.uniqueArray(fc.integer({ min: 0, max: 1000 }), { maxLength: 40 }).map((moments) =>
    moments
      .toSorted((a, b) => a - b)
      .flatMap((beganWallMs, index, all): Required<Cycle>[] => {
        const filledWallMs = all[index + 1];
        if (index % 2 === 1 || filledWallMs === undefined) return [];
        const store = { beganStoreMs: beganWallMs, filledStoreMs: filledWallMs };
        return [{ replaces: index, cause: 'expiry', beganWallMs, filledWallMs, recomputes: [], ...store }];
      }),
  );
  const answer = fc
    .tuple(fc.integer({ min: 0, max: 1000 }), fc.integer({ min: 0, max: 200 }))
    .map(([dueAt, tookMs]): Answered => {
      const endedAt = dueAt + tookMs;
      return { dueAt, sentAt: dueAt, endedAt, ending: 'ok', served: 'hit', version: 1 };
    });
  fc.assert(
    fc.property(cycles, answer, (cycles, answer) => {
      const found: number[] = [];
      forEachCrossed(cycles, answer, (index) => found.push(index));
      assert.deepEqual(
        found,
        cycles.flatMap((cycle, index) => (crosses(answer, cycle) ? [index] : [])),
      );
    }),
    { numRuns: 1000 },
  );
});

test('it measures the same pace, from any order', () => {
  const sent = fc.array(fc.double({ min: -500, max: 200_000, noNaN: true }), {
    minLength: 1,
    maxLength: 400,
  });
  fc.assert(
    fc.property(sent, (offsets) => {
      const pace = paceOf({ settings: squid.facts.settings, warmWallMs: warmAt });
      const arrivals = offsets.map((ms): Arrival => ({ dueAt: warmAt + ms, ending: 'unsent' }));
      letPass(arrivals, [pace]);
      const found = pace.end();
      const last = Math.max(...arrivals.map(({ dueAt }) => dueAt));
      const bins = Array<number>(Math.max(0, Math.floor((last - warmAt) / 50))).fill(0);
      for (const { dueAt } of arrivals) {
        const bin = Math.floor((dueAt - warmAt) / 50);
        if (bin >= 0 && bin < bins.length) bins[bin] = (bins[bin] ?? 0) + 1;
      }
      assert.equal(found === undefined, bins.length < 2);
      if (!found) return;
      const mean = bins.reduce((a, b) => a + b, 0) / bins.length;
      const variance = bins.reduce((sum, count) => sum + (count - mean) ** 2, 0) / bins.length;
      assert.ok(Math.abs(found.perSecond - mean * 20) < 1e-6);
      assert.ok(Math.abs(found.unevenness - Math.sqrt(variance) / Math.max(mean, 1)) < 1e-6);
    }),
  );
});
