import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { faultNamed, faultsNamed } from '../../../faults/index.ts';
import { evidenceFrom, type Recording } from '../../../judge/evidence.ts';
import { findingsOf } from '../../../judge/verdict.ts';
import type { RunEvent } from '../../../record/facts.ts';
import type { FaultEvent } from '../../../record/fault-events.ts';
import { lock } from '../../../strategies/lock.ts';
import { singleFlight } from '../../../strategies/single-flight.ts';
import { recordedRun } from '../../support/recorded-run.ts';

const recorded = await recordedRun('lock-run');
/** Without the lives of its own processes. */
const quiet = { ...recorded, events: recorded.events.filter(({ event }) => event !== 'started') };
const { key } = quiet.facts.settings;
const grants = quiet.events.flatMap((event) =>
  event.event === 'granted' && event.key === key ? [event] : [],
);
const [first, grant] = grants;
assert.ok(first && grant);
const { fence, by: HOLDER } = grant;
const OTHER = HOLDER === 'app-1' ? 'app-2' : 'app-1';
/** In the middle of the recompute under the second grant. */
const midAt = grant.at + 100;
const committedAt = quiet.events.find((event) => event.event === 'commit' && event.fence === fence)?.at ?? 0;

const started = (by: string, pid: number, at: number): RunEvent => ({ event: 'started', by, pid, at });
const draining = (by: string, pid: number, at: number): RunEvent => ({ event: 'draining', by, pid, at });
const stopped = (by: string, pid: number, at: number, drained = true): RunEvent => ({
  event: 'stopped',
  by,
  pid,
  at,
  drained,
});

/** The quiet run, told as if its replicas had come and gone like this. */
function told(fault: string, events: readonly RunEvent[], spoiled: Partial<Recording> = {}): Recording {
  const phase = (phase: FaultEvent['phase'], at: number): FaultEvent => ({
    ...{ at, by: 'lab', event: 'fault', fault, phase, victim: 'replicas' },
  });
  const facts = { ...quiet.facts, settings: { ...quiet.facts.settings, fault } };
  const all = [
    ...(spoiled.events ?? quiet.events),
    started(HOLDER, 1, first?.at ?? 0),
    started(OTHER, 2, first?.at ?? 0),
    ...events,
    phase('injected', grant?.at ?? 0),
    phase('healed', midAt + 600),
  ];
  return { ...quiet, ...spoiled, facts, events: all, faults: faultsNamed(fault) ?? [] };
}

const found = (recording: Recording, check = 'fault hit and answered') =>
  findingsOf(evidenceFrom(recording)).find(({ name }) => name === check)?.verdict;

/** One more recompute, for the need that the second one saw. */
const oneMore = quiet.ledger.map((line) =>
  line.event === 'begin' && line.seenAt === grant.storeAt ? { ...line, id: 900, version: 900 } : line,
);
const twice = [...quiet.ledger, ...oneMore.filter(({ id }) => id === 900)];
/** One answer did not come. */
const oneFailed = quiet.arrivals.map((arrival, index) =>
  index === quiet.arrivals.length - 1 ? { ...arrival, ending: 'error' as const } : arrival,
);

/** The write of the holder was refused. */
const refused: Partial<Recording> = {
  events: quiet.events.map((event) =>
    event.event === 'commit' && event.outcome === 'accepted' && event.fence === fence
      ? { ...event, outcome: 'fenced' as const }
      : event,
  ),
};

describe('the judge of a rolling restart', () => {
  const holder = [draining(HOLDER, 1, midAt), stopped(HOLDER, 1, committedAt + 5)];
  const itsSuccessor = started(HOLDER, 11, committedAt + 100);
  const other = [draining(OTHER, 2, committedAt + 200), stopped(OTHER, 2, committedAt + 210)];
  const othersSuccessor = started(OTHER, 12, committedAt + 300);
  const whole = [...holder, itsSuccessor, ...other, othersSuccessor];
  const restart = (events: readonly RunEvent[] = whole, spoiled?: Partial<Recording>) =>
    told('rolling-restart', events, spoiled);

  it('fails if the value of a stopped replica was refused', () =>
    assert.equal(found(restart(whole, refused)), 'fail'));

  it('does not count a value that was invalidated while it was made', () => {
    const invalidated = (at: number): RunEvent => ({
      ...{ at, by: OTHER, event: 'invalidated', key, fence: fence + 1, storeAt: at },
    });
    assert.equal(found(restart([...whole, invalidated(midAt + 5)], refused)), 'unknown');
    assert.equal(found(restart([...whole, invalidated(committedAt + 400)], refused)), 'fail');
  });

  it('passes when every replica was replaced, one of them as the holder, and nobody noticed', () => {
    assert.equal(found(restart()), 'pass');
  });

  it('does not know when none was stopped while it held the lease', () => {
    const late = [draining(HOLDER, 1, committedAt + 1), stopped(HOLDER, 1, committedAt + 5)];
    assert.equal(found(restart([...late, itsSuccessor, ...other, othersSuccessor])), 'unknown');
    const without = quiet.events.filter((event) => event !== grant);
    assert.equal(found(restart(whole, { events: without })), 'unknown');
  });

  it('fails a replica that was not stopped, did not come back, or answered nobody afterwards', () => {
    assert.equal(found(restart([...holder, itsSuccessor])), 'fail');
    assert.equal(found(restart([...holder, itsSuccessor, ...other])), 'fail');
    const idle = started(OTHER, 12, Number.MAX_SAFE_INTEGER);
    assert.equal(found(restart([...holder, itsSuccessor, ...other, idle])), 'fail');
  });

  it('fails a replica that did not drain', () => {
    const cut = [draining(HOLDER, 1, midAt), stopped(HOLDER, 1, committedAt + 5, false)];
    assert.equal(found(restart([...cut, itsSuccessor, ...other, othersSuccessor])), 'fail');
    const vanished = [draining(HOLDER, 1, midAt)];
    assert.equal(found(restart([...vanished, itsSuccessor, ...other, othersSuccessor])), 'fail');
  });

  it('fails a holder whose recompute was never written', () => {
    const events = quiet.events.filter(
      (event) => !((event.event === 'committing' || event.event === 'commit') && event.fence === fence),
    );
    assert.equal(found(restart(whole, { events })), 'fail');
  });

  it('excuses no failed request', () => {
    assert.equal(found(restart(whole, { arrivals: oneFailed })), 'fail');
    assert.equal(found(restart(whole, { arrivals: oneFailed }), 'every request accounted for'), 'fail');
  });

  it('excuses no recompute beyond the claim', () => {
    assert.equal(found(restart(), 'recomputes per expiry'), 'pass');
    assert.equal(found(restart(whole, { ledger: twice }), 'recomputes per expiry'), 'fail');
  });
});

describe('the judge of a fleet that grows', () => {
  const came = [started('app-3', 3, midAt), started('app-4', 4, midAt)];
  const left = [stopped('app-3', 3, midAt + 500), stopped('app-4', 4, midAt + 550)];
  /** Every fourth answer from each of the new ones. */
  const shared = quiet.arrivals.map((arrival, index) => {
    if ((arrival.sentAt ?? 0) < grant.at || index % 2 === 0) return arrival;
    return { ...arrival, by: index % 4 === 1 ? 'app-3' : 'app-4' };
  });
  const grown = (events: readonly RunEvent[] = [...came, ...left], spoiled: Partial<Recording> = {}) =>
    told('scale-out', events, { arrivals: shared, ...spoiled });

  it('passes when the new ones had their part, left, and nobody noticed', () => {
    assert.equal(found(grown()), 'pass');
  });

  it('does not know when a new one did not come, or answered nobody', () => {
    assert.equal(found(grown([...came.slice(1), ...left])), 'unknown');
    assert.equal(found(grown(undefined, { arrivals: quiet.arrivals })), 'unknown');
  });

  it('fails a new one that did not leave, or not in peace', () => {
    assert.equal(found(grown([...came, ...left.slice(1)])), 'fail');
    assert.equal(found(grown([...came, ...left.slice(1), stopped('app-3', 3, midAt + 500, false)])), 'fail');
  });

  it('excuses no failed request and no recompute beyond the claim', () => {
    const failed = shared.map((arrival, index) =>
      index === shared.length - 1 ? { ...arrival, ending: 'timeout' as const } : arrival,
    );
    assert.equal(found(grown(undefined, { arrivals: failed })), 'fail');
    assert.equal(found(grown(undefined, { ledger: twice })), 'fail');
    assert.equal(found(grown(undefined, { ledger: twice }), 'recomputes per expiry'), 'fail');
  });

  it('lets single-flight recompute once a replica, the new ones included', () => {
    const settings = { ...quiet.facts.settings, strategy: 'single-flight' };
    assert.equal(faultNamed('scale-out')?.tolerance(settings, singleFlight.claim).extraRecomputes, 2);
    assert.equal(faultNamed('scale-out')?.tolerance(quiet.facts.settings, lock.claim).extraRecomputes, 0);
  });
});
