import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { evidenceFrom, type Recording } from '../../../judge/evidence.ts';
import { findingsOf, verdictOf } from '../../../judge/verdict.ts';
import type { Arrival } from '../../../record/arrival.ts';
import { isDecidedCommit } from '../../../record/events.ts';
import { strategyNamed } from '../../../strategies/index.ts';
import { answeredIn, inOrderOfEnding, recordedRun } from '../../support/recorded-run.ts';

/** What there is to judge on the recorded run, at the least. */
const ON_A_QUIET_RUN_OF_LOCK = [
  'recomputes per expiry',
  'recomputed only when due',
  'fencing order',
  'monotonic reads',
  'staleness bound',
  'bounded waits',
  'labels agree with the clock',
  'one waiter per replica',
  'every request accounted for',
  'injector health',
  'expiries crossed under load',
];

/** A real run of the lock, as it was recorded; each test spoils a copy of it in one way. */
const good = await recordedRun('lock-run');

/** The last version that was judged; those who waited for it were warm. */
const lastVersion = evidenceFrom(good).judged.at(-1)?.recomputes[0]?.version;

const verdicts = (recording: Recording) =>
  Object.fromEntries(findingsOf(evidenceFrom(recording)).map(({ name, verdict }) => [name, verdict]));

function spoilArrival(
  of: (arrival: Arrival, index: number) => boolean,
  spoil: (arrival: Arrival) => Arrival | undefined,
): Recording {
  const index = good.arrivals.findIndex(of);
  assert.notEqual(index, -1);
  const arrivals = good.arrivals.flatMap((arrival, at) =>
    at === index ? (spoil(arrival) ?? []) : [arrival],
  );
  return { ...good, arrivals: inOrderOfEnding(arrivals) };
}

/** The arrival as if it had been answered within a millisecond. */
const atOnce = (arrival: Arrival): Arrival => ({
  ...arrival,
  endedAt: (arrival.sentAt ?? 0) + 1,
  tookMs: 0.5,
});

describe('the judge', () => {
  it('passes the run as it was recorded, on every check', () => {
    const found = findingsOf(evidenceFrom(good));
    assert.equal(verdictOf(found), 'pass');
    for (const name of ON_A_QUIET_RUN_OF_LOCK)
      assert.ok(
        found.some((one) => one.name === name),
        name,
      );
  });

  it('fails a second recompute of one expiry', () => {
    const [, , second] = evidenceFrom(good).cycles;
    assert.ok(second);
    const first = second.recomputes[0];
    assert.ok(first);
    const again = {
      event: 'begin' as const,
      key: 'hot',
      by: 'app-2',
      arrivedAt: first.beganWallMs,
      id: 900,
      version: 900,
    };
    const ledger = [
      ...good.ledger,
      { ...again, at: first.beganWallMs + 50, seenAt: (first.seenStoreMs ?? 0) + 50 },
    ];
    assert.equal(verdicts({ ...good, ledger })['recomputes per expiry'], 'fail');
  });

  it('does not take a straggler of an expiry for an expiry of its own', () => {
    const [, second, third] = evidenceFrom(good).cycles;
    assert.ok(second?.filledStoreMs && third);
    // Its need was seen before the fill, though the origin was reached after it.
    const late = { event: 'begin' as const, key: 'hot', by: 'app-2', id: 900, version: 900 };
    const at = second.filledStoreMs + 4;
    const ledger = [...good.ledger, { ...late, arrivedAt: at, at, seenAt: second.filledStoreMs - 0.01 }];
    const { cycles } = evidenceFrom({ ...good, ledger });
    assert.equal(cycles.length, evidenceFrom(good).cycles.length);
    assert.equal(cycles[1]?.recomputes.length, 2);
  });

  it('does not take a recompute made without the store for the life of a version', () => {
    const [, second] = evidenceFrom(good).cycles;
    assert.ok(second?.filledStoreMs);
    const alone = { event: 'begin' as const, key: 'hot', by: 'app-2', id: 900, version: 900 };
    const at = second.filledStoreMs + 100;
    const { cycles, recomputes } = evidenceFrom({
      ...good,
      ledger: [...good.ledger, { ...alone, arrivedAt: at, at }],
    });
    assert.equal(cycles.length, evidenceFrom(good).cycles.length);
    assert.equal(recomputes.length, evidenceFrom(good).recomputes.length + 1);
  });

  it('fails a fence that falls', () => {
    const commits = good.events.filter(({ event }) => event === 'commit');
    const last = commits.at(-1);
    const events = good.events.map((event) =>
      event === last && event.event === 'commit' ? { ...event, fence: 1 } : event,
    );
    assert.equal(verdicts({ ...good, events })['fencing order'], 'fail');
  });

  it('counts a commit that the store did not answer neither as accepted nor as refused', () => {
    const { commits } = evidenceFrom(good);
    const [first] = good.events.filter(isDecidedCommit);
    assert.ok(first);
    const { storeAt: _, ...sent } = first;
    const unanswered = { ...sent, fence: 1, version: 1, outcome: 'unknown' as const, why: 'no answer' };
    const recording = { ...good, events: [...good.events, unanswered] };
    assert.deepEqual(evidenceFrom(recording).commits, commits);
    assert.equal(verdicts(recording)['fencing order'], 'pass');
  });

  it('fails an older version written over a newer one', () => {
    const commits = good.events.filter(({ event }) => event === 'commit');
    const last = commits.at(-1);
    const events = good.events.map((event) =>
      event === last && event.event === 'commit' ? { ...event, version: 1 } : event,
    );
    assert.equal(verdicts({ ...good, events })['fencing order'], 'fail');
  });

  it('fails a client that reads an older version after a newer one was answered', () => {
    const newest = answeredIn(good).find(({ version }) => version === 3);
    const spoiled = spoilArrival(
      ({ version, sentAt = 0 }) => version === 3 && sentAt > (newest?.endedAt ?? Infinity),
      (arrival) => ({ ...arrival, version: 2 }),
    );
    assert.equal(verdicts(spoiled)['monotonic reads'], 'fail');
  });

  it('accepts an older version read by a request that was under way before', () => {
    const firstOfThree = answeredIn(evidenceFrom(good)).find(({ version }) => version === 3);
    assert.ok(firstOfThree);
    const early = spoilArrival(
      ({ version, endedAt }) => version === 2 && endedAt !== undefined && endedAt < firstOfThree.endedAt,
      (arrival) => ({ ...arrival, endedAt: firstOfThree.endedAt + 5 }),
    );
    assert.equal(verdicts(early)['monotonic reads'], 'pass');
  });

  it('fails a value served past its TTL', () => {
    const { commits } = evidenceFrom(good);
    const second = commits.find(({ version }) => version === 2);
    assert.ok(second);
    const sentAt = second.atStoreMs + good.facts.settings.ttlMs + 20;
    const spoiled = spoilArrival(
      ({ version }) => version === 2,
      (arrival) => ({ ...arrival, dueAt: sentAt, sentAt, endedAt: sentAt + 1 }),
    );
    assert.equal(verdicts(spoiled)['staleness bound'], 'fail');
  });

  it('fails a lost request', () => {
    const spoiled = spoilArrival(
      ({ served }) => served === 'hit',
      () => undefined,
    );
    assert.equal(verdicts(spoiled)['every request accounted for'], 'fail');
  });

  it('fails a failed request', () => {
    const spoiled = spoilArrival(
      ({ served }) => served === 'hit',
      ({ dueAt }) => ({ dueAt, ending: 'error', why: 'ECONNRESET' }),
    );
    assert.equal(verdicts(spoiled)['every request accounted for'], 'fail');
  });

  it('knows nothing more of a run in which a process ended by itself', () => {
    const facts = { ...good.facts, casualties: ['app-2'] };
    assert.deepEqual(verdicts({ ...good, facts }), { 'evidence intact': 'unknown' });
  });

  it('fails a wait beyond a lease and two recomputes', () => {
    const spoiled = spoilArrival(
      ({ served, version }) => served === 'waited' && version === lastVersion,
      (arrival) => ({ ...arrival, endedAt: (arrival.endedAt ?? 0) + 2500 }),
    );
    assert.equal(verdicts(spoiled)['bounded waits'], 'fail');
  });

  it('takes a wait while the connections are being opened for no finding, and says it', () => {
    const spoiled = spoilArrival(
      ({ served, version }) => served === 'waited' && version === 1,
      (arrival) => ({ ...arrival, endedAt: (arrival.endedAt ?? 0) + 2500 }),
    );
    const found = findingsOf(evidenceFrom(spoiled)).find(({ name }) => name === 'bounded waits');
    assert.equal(found?.verdict, 'pass');
    assert.match(found?.detail ?? '', /^longest \d+ ms \(2\d{3} ms with the warm-up\); bound/);
  });

  it('does not know of waits where the load ended before it was warm', () => {
    const { warmWallMs } = evidenceFrom(good);
    const arrivals = good.arrivals.filter(({ dueAt }) => dueAt < warmWallMs);
    assert.equal(verdicts({ ...good, arrivals })['bounded waits'], 'unknown');
  });

  it('does not know of a long wait when the injector was late itself', () => {
    const spoiled = spoilArrival(
      ({ served, version }) => served === 'waited' && version === lastVersion,
      (arrival) => ({ ...arrival, endedAt: (arrival.endedAt ?? 0) + 2500 }),
    );
    const facts = { ...good.facts, herd: { ...good.facts.herd, eventLoopDelayMs: { p99: 80, max: 300 } } };
    assert.equal(verdicts({ ...spoiled, facts })['bounded waits'], 'unknown');
    assert.equal(verdicts({ ...good, facts })['bounded waits'], 'pass');
  });

  it('does not know where nobody waits but for a store that was as late as the injector', () => {
    const claim = strategyNamed('xfetch-lock')?.claim;
    assert.ok(claim);
    const late = { ...good.facts, herd: { ...good.facts.herd, eventLoopDelayMs: { p99: 80, max: 300 } } };
    const judged = (facts: typeof good.facts, degraded: boolean) => {
      const arrivals = good.arrivals.map((arrival) => {
        if (arrival.served === 'recomputed') return { ...atOnce(arrival), served: 'hit' };
        return arrival.served === 'waited' ? { ...arrival, degraded } : arrival;
      });
      return verdicts({ ...good, claim, facts, arrivals })['labels agree with the clock'];
    };
    assert.equal(judged(late, true), 'unknown');
    assert.equal(judged(late, false), 'fail');
    assert.equal(judged(good.facts, true), 'fail');
  });

  it('fails any wait where the claim is that nobody waits', () => {
    const claim = strategyNamed('xfetch-lock')?.claim;
    assert.ok(claim);
    assert.equal(verdicts({ ...good, claim })['bounded waits'], 'fail');
  });

  it('passes whoever recomputes, and fails all others who wait, where the claim is that only the winner does', () => {
    const claim = strategyNamed('try-lock')?.claim;
    assert.ok(claim);
    assert.equal(verdicts({ ...good, claim })['bounded waits'], 'fail');
    const arrivals = good.arrivals.map((arrival) =>
      arrival.served === 'waited' ? { ...atOnce(arrival), served: 'stale' } : arrival,
    );
    const found = verdicts({ ...good, arrivals: inOrderOfEnding(arrivals), claim });
    assert.equal(found['bounded waits'], 'pass');
    assert.equal(found['labels agree with the clock'], 'pass');
  });

  it('does not know when the injector was late', () => {
    const facts = { ...good.facts, herd: { ...good.facts.herd, eventLoopDelayMs: { p99: 80, max: 300 } } };
    assert.equal(verdicts({ ...good, facts })['injector health'], 'unknown');
  });

  it('does not know when arrivals came in bursts', () => {
    const arrivals = good.arrivals.map((arrival) => ({
      ...arrival,
      sentAt: Math.floor(arrival.dueAt / 500) * 500,
    }));
    assert.equal(verdicts({ ...good, arrivals })['injector health'], 'unknown');
  });

  it('does not know when fewer expiries happened than were asked for', () => {
    const facts = { ...good.facts, settings: { ...good.facts.settings, expiries: 30 } };
    assert.equal(verdicts({ ...good, facts })['expiries crossed under load'], 'unknown');
  });

  it('does not know when an expiry passed without load', () => {
    const [, second] = evidenceFrom(good).cycles;
    assert.ok(second?.filledStoreMs);
    const { beganStoreMs, filledStoreMs } = second;
    const arrivals = good.arrivals.filter(
      ({ dueAt, endedAt = 0 }) => endedAt < beganStoreMs || dueAt > filledStoreMs,
    );
    assert.equal(verdicts({ ...good, arrivals })['expiries crossed under load'], 'unknown');
  });

  it('says unknown of a run of nothing, never pass', () => {
    const nothing = {
      ...good,
      ledger: [],
      events: [],
      arrivals: [],
      facts: { ...good.facts, herd: { ...good.facts.herd, scheduled: 0 } },
    };
    assert.equal(verdictOf(findingsOf(evidenceFrom(nothing))), 'unknown');
  });

  it('lets one failure outweigh everything unknown', () => {
    assert.equal(verdictOf([{ verdict: 'unknown' }, { verdict: 'fail' }]), 'fail');
    assert.equal(verdictOf([{ verdict: 'unknown' }, { verdict: 'pass' }]), 'unknown');
    assert.equal(verdictOf([]), 'unknown');
  });
});
