import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { faultsNamed } from '../../../faults/index.ts';
import type { Evidence } from '../../../faults/support/evidence.ts';
import { evidenceFrom, type Recording } from '../../../judge/evidence.ts';
import { findingsOf } from '../../../judge/verdict.ts';
import type { RunEvent } from '../../../record/facts.ts';
import type { FaultEvent } from '../../../record/fault-events.ts';
import { strategyNamed } from '../../../strategies/index.ts';
import { answeredIn, inOrderOfEnding, recordedRun } from '../../support/recorded-run.ts';

const good = await recordedRun('lock-run');

const found = (recording: Recording, check: string) =>
  findingsOf(evidenceFrom(recording)).find(({ name }) => name === check)?.verdict;
const claimOf = (strategy: string) => {
  const claim = strategyNamed(strategy)?.claim;
  assert.ok(claim);
  return claim;
};

/** The run as one of a single replica. */
const alone = (recording: Recording): Recording => ({
  ...recording,
  facts: { ...recording.facts, settings: { ...recording.facts.settings, replicas: 1 } },
});

describe('recomputed only when due', () => {
  const CHECK = 'recomputed only when due';
  const evidence: Evidence = evidenceFrom(good);
  const stored = evidence.commits[1];
  assert.ok(stored);

  /** The run with a recompute, and its commit, half-way through the life of the second value. */
  function recomputedEarly(more: readonly RunEvent[] = [], replaces = 2): Recording {
    const at = (stored?.atStoreMs ?? 0) + good.facts.settings.ttlMs / 2;
    const begin = { event: 'begin' as const, key: 'hot', by: 'app-2', id: 900, version: 900, replaces };
    return {
      ...good,
      ledger: [...good.ledger, { ...begin, arrivedAt: at, at, seenAt: at }],
      events: [...good.events, ...more],
    };
  }
  const halfWay = stored.atStoreMs + good.facts.settings.ttlMs / 2;
  const invalidatedAt = (storeAt: number): RunEvent => ({
    at: storeAt,
    by: 'app-1',
    event: 'invalidated',
    key: 'hot',
    fence: 1,
    storeAt,
  });

  it('passes the run as it was recorded', () => assert.equal(found(good, CHECK), 'pass'));

  it('fails a recompute of a value that is there and good', () =>
    assert.equal(found(recomputedEarly(), CHECK), 'fail'));

  it('promises nothing for a strategy that recomputes early', () =>
    assert.equal(found({ ...recomputedEarly(), claim: claimOf('xfetch') }, CHECK), undefined));

  it('takes a value that was invalidated for due', () =>
    assert.equal(found(recomputedEarly([invalidatedAt(halfWay - 1)]), CHECK), 'pass'));

  it('does not take an invalidation before the commit, or after the recompute, for a reason', () => {
    assert.equal(found(recomputedEarly([invalidatedAt(stored.atStoreMs - 1)]), CHECK), 'fail');
    assert.equal(found(recomputedEarly([invalidatedAt(halfWay + 1)]), CHECK), 'fail');
  });

  function under(fault: string, injectedAt: number): Recording {
    const phase = (phase: FaultEvent['phase'], at: number): FaultEvent => ({
      at,
      by: 'lab',
      event: 'fault',
      fault,
      phase,
      victim: 'redis',
    });
    const events = [phase('injected', injectedAt), phase('healed', injectedAt + 50)];
    return { ...recomputedEarly(events, 0), faults: faultsNamed(fault) ?? [] };
  }

  it('takes a value that was lost with the store for no expiry', () => {
    for (const fault of ['redis-restart', 'redis-down'])
      assert.equal(found(under(fault, halfWay - 100), CHECK), 'pass', fault);
  });
});

describe('one waiter per replica', () => {
  const CHECK = 'one waiter per replica';
  const waiting = (atOnce: number, key = 'hot'): RunEvent => ({
    at: good.facts.herd.openedAt + 10,
    by: 'app-1',
    event: 'waiting',
    key,
    atOnce,
  });
  const withEvents = (...events: RunEvent[]): Recording => ({ ...good, events: [...good.events, ...events] });

  it('passes one wait after another', () =>
    assert.equal(found(withEvents(waiting(1), waiting(1)), CHECK), 'pass'));

  it('fails two at once', () => assert.equal(found(withEvents(waiting(1), waiting(2)), CHECK), 'fail'));

  it('looks at the key of the herd alone', () =>
    assert.equal(found(withEvents(waiting(2, 'other')), CHECK), 'pass'));

  it('does not know where nobody waited, or nobody behind another', () => {
    const noWaits = { ...good, events: good.events.filter(({ event }) => event !== 'waiting') };
    const nobody = { ...noWaits, arrivals: good.arrivals.filter(({ served }) => served !== 'waited') };
    assert.equal(found(nobody, CHECK), 'unknown');
    assert.equal(found({ ...nobody, events: [...nobody.events, waiting(1)] }, CHECK), 'unknown');
    assert.equal(found(alone(nobody), CHECK), undefined);
  });

  it('fails two at once even where there is one replica, or nobody behind them', () => {
    const two = { ...withEvents(waiting(2)), arrivals: [] };
    assert.equal(found(two, CHECK), 'fail');
    assert.equal(found(alone(two), CHECK), 'fail');
  });

  it('promises nothing without single-flight, or for a strategy that does not claim it', () => {
    const crowd = withEvents(waiting(2));
    const facts = { ...good.facts, settings: { ...good.facts.settings, singleFlight: false } };
    assert.equal(found({ ...crowd, facts }, CHECK), undefined);
    assert.equal(found({ ...crowd, claim: claimOf('none') }, CHECK), undefined);
  });
});

describe('woken, not polling', () => {
  const CHECK = 'woken, not polling';
  const { commits, judged, warmWallMs } = evidenceFrom(good);
  const lastVersion = judged.at(-1)?.recomputes[0]?.version;

  /** The run with so many more who waited for its last value, and had it so long behind the commit. */
  function waited(waiters: number, lagMs: number, inTheMaker = false): Recording {
    const commit = commits.find(({ version }) => version === lastVersion);
    const one = answeredIn(good).find(
      ({ served, version, sentAt, by }) =>
        served === 'waited' &&
        version === lastVersion &&
        sentAt > warmWallMs &&
        (by === commit?.by) === inTheMaker,
    );
    assert.ok(commit && one);
    const answeredAt = commit.atStoreMs + lagMs;
    const more = Array.from({ length: waiters }, () => ({ ...one, answeredAt, endedAt: answeredAt + 1 }));
    const others = good.arrivals.filter(({ served }) => served !== 'waited');
    return { ...good, arrivals: inOrderOfEnding([...others, ...more]) };
  }

  it('passes waiters who were told', () => assert.equal(found(waited(30, 4), CHECK), 'pass'));

  it('fails waiters who look again on a timer', () => assert.equal(found(waited(30, 90), CHECK), 'fail'));

  it('does not know where hardly anybody waited for another replica', () => {
    assert.equal(found(waited(9, 4), CHECK), 'unknown');
    assert.equal(found(waited(9, 90), CHECK), 'unknown');
    assert.equal(found(waited(30, 90, true), CHECK), 'unknown');
  });

  it('promises nothing where nobody claims it, or nobody can wait for another replica once warm', () => {
    assert.equal(found({ ...waited(30, 90), claim: claimOf('none') }, CHECK), undefined);
    const nobody = waited(0, 0);
    for (const strategy of ['stale-while-revalidate', 'try-lock', 'single-flight', 'xfetch'])
      assert.equal(found({ ...nobody, claim: claimOf(strategy) }, CHECK), undefined, strategy);
    assert.equal(found(alone(nobody), CHECK), undefined);
  });

  it('fails whoever polls all the same where nobody should wait', () =>
    assert.equal(found({ ...waited(30, 90), claim: claimOf('stale-while-revalidate') }, CHECK), 'fail'));
});
