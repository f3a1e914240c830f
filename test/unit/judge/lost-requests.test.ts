import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { judge } from '../../../judge/index.ts';
import type { Arrival } from '../../../record/arrival.ts';
import { rowOf } from '../../../report/comparison.ts';
import { inOrderOfEnding, recordedRun } from '../../support/recorded-run.ts';

/** A real run of the lock: 60 requests a second, a recompute takes 200 ms, so an answer may take 10 s. */
const good = await recordedRun('lock-run');
const { evidence, record } = judge(good);
const { warmWallMs, judged } = evidence;
const TIME_OUT_MS = 10_000;

/** The run in which every nth request since it was warm was lost. */
function losing(nth: number, lose: (arrival: Arrival) => Arrival) {
  const arrivals = good.arrivals.map((arrival, index) =>
    arrival.dueAt >= warmWallMs && index % nth === 0 ? lose(arrival) : arrival,
  );
  return judge({ ...good, arrivals: inOrderOfEnding(arrivals) });
}

const unsent = ({ dueAt }: Arrival): Arrival => ({ dueAt, ending: 'unsent' });
const timedOut = ({ dueAt, sentAt = dueAt }: Arrival): Arrival => ({
  ...{ dueAt, sentAt, endedAt: sentAt + 10_400, ending: 'timeout' },
});
const isAbout = (found: number | undefined, ms: number) =>
  assert.ok(found !== undefined && Math.abs(found - ms) <= ms * 0.001, `${found}`);

describe('a request that was never answered', () => {
  it('is in every percentile as slow as the time-out, whether it was unsent or not answered in time', () => {
    for (const lose of [unsent, timedOut]) {
      const { latencyMs, requests } = losing(3, lose).record;
      isAbout(latencyMs.all?.p90, TIME_OUT_MS);
      assert.equal(latencyMs.all?.max, TIME_OUT_MS);
      isAbout(latencyMs.acrossExpiry?.p90, TIME_OUT_MS);
      assert.ok((latencyMs.all?.p50 ?? TIME_OUT_MS) < 1000);
      assert.ok(requests.unsent + requests.timeout > 20);
      assert.equal(requests.ok + requests.unsent + requests.timeout, record.requests.ok);
    }
  });

  it('is as slow as the longest wait for an answer if that is longer', () => {
    let slowest = true;
    const arrivals = good.arrivals.map((arrival, index) => {
      if (arrival.dueAt < warmWallMs) return arrival;
      if (!slowest) return index % 3 === 0 ? unsent(arrival) : arrival;
      slowest = false;
      return { ...arrival, endedAt: arrival.dueAt + 12_500 };
    });
    const { latencyMs } = judge({ ...good, arrivals: inOrderOfEnding(arrivals) }).record;
    isAbout(latencyMs.all?.p90, 12_500);
  });

  it('crosses an expiry if it was due before the fill and could still have waited then, and no other', () => {
    const last = judged.at(-1) ?? assert.fail();
    const [before, after] = [last.beganWallMs - 300, last.filledWallMs + 5];
    const withOne = (dueAt: number) =>
      judge({ ...good, arrivals: inOrderOfEnding([...good.arrivals, { dueAt, ending: 'unsent' }]) }).measures
        .latency.acrossExpiry;
    const { count } = judge(good).measures.latency.acrossExpiry;
    assert.equal(withOne(before).count, count + 1);
    isAbout(withOne(before).maxMs, TIME_OUT_MS);
    assert.equal(withOne(after).count, count);
  });

  it('does not count before the run is warm', () => {
    const early: Arrival = { dueAt: warmWallMs - 1, ending: 'unsent' };
    const { latency } = judge({ ...good, arrivals: inOrderOfEnding([...good.arrivals, early]) }).measures;
    assert.equal(latency.all.count, judge(good).measures.latency.all.count);
  });

  it('is in the row of a comparison too', () => {
    const row = rowOf('lock', [losing(3, unsent)], 1);
    isAbout(row.acrossExpiryMs.p99?.value, TIME_OUT_MS);
    isAbout(row.allP99Ms.value, TIME_OUT_MS);
    assert.ok((row.maxBeyondHitsMs ?? 0) > 9000);
    assert.ok((rowOf('lock', [judge(good)], 1).acrossExpiryMs.p99?.value ?? TIME_OUT_MS) < 1000);
  });
});
