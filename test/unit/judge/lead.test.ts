import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { evidenceFrom, type Recording } from '../../../judge/evidence.ts';
import { findingsOf } from '../../../judge/verdict.ts';
import type { RunEvent } from '../../../record/facts.ts';
import type { LedgerLine } from '../../../record/ledger.ts';
import { strategyNamed } from '../../../strategies/index.ts';
import { recordedRun } from '../../support/recorded-run.ts';

const good = await recordedRun('lock-run');
const START = good.facts.herd.openedAt;
const RECOMPUTE_MS = 200;

/** A run in which each version was replaced so long before it was due, as the store and the origin record it. */
function refreshed(
  leadsMs: readonly number[],
  { strategy = 'hybrid', ttlMs = 3000 }: { strategy?: string; ttlMs?: number } = {},
): Recording {
  const claim = strategyNamed(strategy)?.claim;
  assert.ok(claim);
  const ledger: LedgerLine[] = [];
  const events: RunEvent[] = [];
  let at: number = START;
  for (const [replaces, leadMs] of [0, ...leadsMs].entries()) {
    const version = replaces + 1;
    const ends = at + RECOMPUTE_MS;
    const storeAt = ends + 1;
    ledger.push({
      ...{ event: 'begin', id: version, key: 'hot', by: 'app-1', version, replaces },
      ...{ arrivedAt: at, at, seenAt: at },
    });
    ledger.push({ event: 'end', id: version, at: ends, ending: 'ok' });
    const commit = { key: 'hot', op: version, version, fence: version, outcome: 'accepted' } as const;
    events.push({ at: storeAt, by: 'app-1', event: 'commit', ...commit, storeAt });
    at = storeAt + ttlMs - (leadsMs[replaces] ?? leadMs);
  }
  const settings = {
    ...good.facts.settings,
    ...{ strategy, ttlMs, recomputeMs: RECOMPUTE_MS, ratePerSecond: 1000, beta: 1, expiries: leadsMs.length },
    ...{ refreshIntervalMs: 500 },
  };
  // Nobody was asked: the rate is the one that was ordered.
  return { ...good, claim, ledger, events, arrivals: [], facts: { ...good.facts, settings } };
}

const ofLead = (recording: Recording) =>
  findingsOf(evidenceFrom(recording)).find(({ name }) => name === 'refreshed in time');
const times = (count: number, leadMs: number) => Array.from({ length: count }, () => leadMs);
/** βδ·ln(λβδ), and βδ. */
const [TYPICAL, SPREAD] = [RECOMPUTE_MS * Math.log(200), RECOMPUTE_MS];

describe('refreshed in time', () => {
  it('promises nothing for a strategy that never refreshes early', () => {
    assert.equal(ofLead(good), undefined);
  });

  it('passes leads as XFetch draws them', () => {
    assert.equal(ofLead(refreshed(times(10, TYPICAL + 0.4 * SPREAD)))?.verdict, 'pass');
  });

  it('holds the median of ten leads to βδ(ln λβδ − 1.26) and βδ(ln λβδ + 3.50)', () => {
    const verdictAt = (c: number) => ofLead(refreshed(times(10, TYPICAL + c * SPREAD)))?.verdict;
    assert.deepEqual([-1.3, -1.2, 3.45, 3.55].map(verdictAt), ['fail', 'pass', 'pass', 'fail']);
  });

  it('fails a strategy that never refreshes early, whatever the number of its expiries', () => {
    for (const expiries of [1, 2, 5, 10, 30])
      assert.equal(ofLead(refreshed(times(expiries, -1)))?.verdict, 'fail', `${expiries}`);
  });

  it('fails a strategy that refreshes without pause, from three versions on', () => {
    for (const expiries of [3, 5, 10, 30])
      assert.equal(ofLead(refreshed(times(expiries, 2990), { ttlMs: 4000 }))?.verdict, 'fail', `${expiries}`);
  });

  it('does not know if the TTL is below the upper end, but sees a late refresh even then', () => {
    assert.equal(ofLead(refreshed(times(10, TYPICAL), { ttlMs: 1500 }))?.verdict, 'unknown');
    assert.equal(ofLead(refreshed(times(10, 0), { ttlMs: 1500 }))?.verdict, 'fail');
  });

  it('does not know where no version was replaced', () => {
    assert.equal(ofLead(refreshed([]))?.verdict, 'unknown');
  });

  it('counts from the first commit of a version, not from one that stored it again', () => {
    const run = refreshed(times(10, 2990), { ttlMs: 4000 });
    const again = run.events.flatMap((event): RunEvent[] =>
      event.event === 'commit' && 'storeAt' in event
        ? [event, { ...event, op: event.op + 900, at: event.at + 1000, storeAt: event.storeAt - 0.5 + 1000 }]
        : [event],
    );
    assert.equal(ofLead(run)?.verdict, 'fail');
    assert.equal(ofLead({ ...run, events: again })?.detail, ofLead(run)?.detail);
  });

  it('holds refresh-ahead to its ticks', () => {
    const verdictAt = (leadMs: number) =>
      ofLead(refreshed(times(5, leadMs), { strategy: 'refresh-ahead' }))?.verdict;
    assert.deepEqual([100, 210, 690, 800].map(verdictAt), ['fail', 'pass', 'pass', 'fail']);
  });
});
