import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { evidenceFrom, type Recording } from '../../../judge/evidence.ts';
import { judge } from '../../../judge/index.ts';
import { findingsOf, verdictOf } from '../../../judge/verdict.ts';
import type { RunEvent } from '../../../record/facts.ts';
import { type FaultEvent, INVALIDATED_BY_LAB } from '../../../record/fault-events.ts';
import { strategyNamed } from '../../../strategies/index.ts';
import { under } from '../../support/odd-recompute.ts';
import { type RecordedRun, recordedRun } from '../../support/recorded-run.ts';

const CHECK = 'invalidated values gone';
const good = await recordedRun('lock-run');
const { cycles, commits } = evidenceFrom(good);
const expiries = cycles.filter(({ cause }) => cause === 'expiry');
const INVALIDATE_MS = 1000;

const found = (recording: Recording, check = CHECK) =>
  findingsOf(evidenceFrom(recording)).find(({ name }) => name === check);
const told = (recording: Recording, strategy: string): Recording => {
  const claim = strategyNamed(strategy)?.claim;
  assert.ok(claim);
  return { ...recording, claim };
};

/** What the lab and the replica record of an invalidation, acknowledged a millisecond after it happened. */
function invalidatedAt(wallMs: number, storeAt: number, outcome = 'ok'): RunEvent[] {
  const note: FaultEvent = {
    ...{ at: wallMs + 1, by: 'lab', event: 'fault', fault: INVALIDATED_BY_LAB, phase: 'noted' },
    ...{ victim: 'app-1', what: INVALIDATED_BY_LAB, details: { askedAt: wallMs - 1, outcome } },
  };
  return [{ at: wallMs, by: 'app-1', event: 'invalidated', key: 'hot', fence: 1, storeAt }, note];
}

/** The run, told as if each expiry were an invalidation so many ms before the look that found no value. */
function invalidated(beforeMs = 3, outcome = 'ok'): RecordedRun {
  const events = expiries.flatMap(({ beganWallMs, beganStoreMs }) =>
    invalidatedAt(beganWallMs - beforeMs, beganStoreMs - beforeMs, outcome),
  );
  const settings = { ...good.facts.settings, invalidateMs: INVALIDATE_MS };
  const all = [...good.events, ...events].sort((a, b) => a.at - b.at);
  return { ...good, facts: { ...good.facts, settings }, events: all };
}

describe(CHECK, () => {
  it('passes where every value is gone when the invalidation is acknowledged', () => {
    const finding = found(invalidated());
    assert.equal(finding?.verdict, 'pass', finding?.detail);
    assert.match(finding?.detail ?? '', /no older value; bound 0 ms/);
  });

  it('fails an older value that was asked for after the invalidation', () => {
    const finding = found(invalidated(300));
    assert.equal(finding?.verdict, 'fail', finding?.detail);
    assert.match(
      finding?.detail ?? '',
      /an older value at most [23]\d\d\.\d ms later.*version \d from app-\d/,
    );
  });

  it('fails a single older answer', () => {
    const recording = invalidated();
    const { filledWallMs = 0 } = expiries[1] ?? {};
    const index = recording.arrivals.findIndex(({ sentAt = 0 }) => sentAt > filledWallMs + 100);
    const arrivals = recording.arrivals.map((arrival, at) =>
      at === index ? { ...arrival, version: (arrival.version ?? 0) - 1 } : arrival,
    );
    assert.equal(found({ ...recording, arrivals })?.verdict, 'fail');
    // What was made without the store, the store's invalidation does not reach.
    const degraded = arrivals.map((arrival, at) => (at === index ? { ...arrival, degraded: true } : arrival));
    assert.equal(found({ ...recording, arrivals: degraded })?.verdict, 'pass');
  });

  it('allows copies for as long as the claim says, and no longer', () => {
    assert.equal(found(told(invalidated(200), 'near-cache'))?.verdict, 'pass');
    assert.equal(found(told(invalidated(400), 'near-cache'))?.verdict, 'fail');
    assert.equal(found(told(invalidated(400), 'none'))?.verdict, 'pass');
  });

  it('does not know where a stalled replica could not hear', () => {
    const late = told(invalidated(400), 'near-cache');
    const stalls = expiries.flatMap(({ beganWallMs }) =>
      ['app-1', 'app-2'].map((by): RunEvent => ({ at: beganWallMs - 100, by, event: 'stalled', forMs: 250 })),
    );
    assert.equal(found({ ...late, events: [...late.events, ...stalls] })?.verdict, 'unknown');
    // Where nothing may be old, a stall is no reason.
    const lock = told(late, 'lock');
    assert.equal(found({ ...lock, events: [...lock.events, ...stalls] })?.verdict, 'fail');
  });

  it('does not know without an acknowledgement, without a request after one, or without the clocks', () => {
    assert.equal(found(invalidated(300, 'unknown'))?.verdict, 'unknown');
    const recording = invalidated();
    const before = (expiries[0]?.beganWallMs ?? 0) - 10;
    const arrivals = recording.arrivals.filter(({ sentAt = 0 }) => sentAt < before);
    assert.equal(found({ ...recording, arrivals })?.verdict, 'unknown');
    const blind = recording.events.filter(({ event }) => event !== 'clock');
    assert.equal(found({ ...recording, events: blind })?.verdict, 'unknown');
  });

  it('excuses what the store forgot under a fault, and a copy that could not hear for the rest of its TTL', () => {
    const second = expiries[1]?.beganWallMs ?? 0;
    const others = (recording: RecordedRun): RecordedRun => ({
      ...recording,
      events: recording.events.filter(
        ({ at, event }) => (event !== 'invalidated' && event !== 'fault') || Math.abs(at - second) < 500,
      ),
    });
    // Of the only invalidation nothing may be known.
    assert.equal(found(under('redis-failover', second - 250, others(invalidated(300))))?.verdict, 'unknown');
    assert.equal(found(under('kill-holder', second - 250, others(invalidated(300))))?.verdict, 'fail');
    const near = told(others(invalidated(400)), 'near-cache');
    assert.equal(found(under('lost-wakeups', second - 350, near, { forMs: 200 }))?.verdict, 'pass');
  });

  it('promises nothing in a run without invalidations', () => assert.equal(found(good), undefined));
});

describe('a run with invalidations', () => {
  it('is judged by what was refilled after them, like expiries', () => {
    const recording = invalidated();
    const findings = findingsOf(evidenceFrom(recording));
    assert.equal(
      verdictOf(findings),
      'pass',
      JSON.stringify(findings.filter(({ verdict }) => verdict !== 'pass')),
    );
    const { record } = judge(recording);
    assert.equal(record.expiries, evidenceFrom(good).judged.length);
    assert.equal(record.invalidations?.asked, expiries.length);
    assert.equal(record.invalidations?.acknowledged, expiries.length);
    assert.equal(record.invalidations?.refilled, record.expiries);
    assert.equal(record.invalidations?.olderMs?.max, 0);
    assert.equal(judge(good).record.invalidations, null);
  });

  it('fails a second recompute after one of them', () => {
    const recording = invalidated();
    const { beganWallMs = 0, beganStoreMs = 0, replaces = 0 } = expiries[1] ?? {};
    const again = { event: 'begin', id: 900, version: 900, key: 'hot', by: 'app-2', replaces } as const;
    const at = { arrivedAt: beganWallMs + 50, at: beganWallMs + 50, seenAt: beganStoreMs + 50 };
    const ledger = [...recording.ledger, { ...again, ...at }];
    assert.equal(found({ ...recording, ledger }, 'recomputes per expiry')?.verdict, 'fail');
  });

  it('lets everybody wait after one of them, whatever the claim says about expiries', () => {
    for (const strategy of ['hybrid', 'stale-while-revalidate', 'try-lock'])
      for (const check of ['bounded waits', 'labels agree with the clock']) {
        assert.equal(found(told(good, strategy), check)?.verdict, 'fail', `${strategy}: ${check}`);
        const finding = found(told(invalidated(), strategy), check);
        assert.notEqual(finding?.verdict, 'fail', `${strategy}: ${check}: ${finding?.detail}`);
      }
  });

  it('says nothing about leads, nor about expiries that cannot come', () => {
    assert.equal(found(told(invalidated(), 'hybrid'), 'refreshed in time'), undefined);
    assert.equal(found(invalidated(), 'recomputed only when due'), undefined);
    assert.equal(commits.length, expiries.length + 1);
  });
});
