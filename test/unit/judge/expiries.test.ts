import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { faultNamed } from '../../../faults/index.ts';
import { cyclesOf } from '../../../judge/cycles.ts';
import { evidenceFrom, type Recording } from '../../../judge/evidence.ts';
import { findingsOf } from '../../../judge/verdict.ts';
import type { RunEvent } from '../../../record/facts.ts';
import type { FaultEvent } from '../../../record/fault-events.ts';
import type { Begun } from '../../../record/ledger.ts';
import { recordedRun } from '../../support/recorded-run.ts';

const good = await recordedRun('lock-run');
const { commits, cycles } = evidenceFrom(good);
const second = commits[1];
assert.ok(second);
const { ttlMs } = good.facts.settings;

const found = (recording: Recording, check: string) =>
  findingsOf(evidenceFrom(recording)).find(({ name }) => name === check);

/** The run with one more recompute. */
function withRecompute(at: number, more: Partial<Begun>, events: readonly RunEvent[] = []): Recording {
  const begin = {
    event: 'begin',
    key: 'hot',
    by: 'app-2',
    id: 900,
    version: 900,
    arrivedAt: at,
    at,
  } as const;
  return { ...good, ledger: [...good.ledger, { ...begin, ...more }], events: [...good.events, ...events] };
}

function under(fault: string, injectedAt: number, recording: Recording, victim = 'redis'): Recording {
  const phase = (phase: FaultEvent['phase'], at: number): FaultEvent => ({
    ...{ at, by: 'lab', event: 'fault', fault, phase, victim },
  });
  const events = [
    phase('planned', injectedAt - 1),
    phase('injected', injectedAt),
    phase('healed', injectedAt + 50),
  ];
  return { ...recording, fault: faultNamed(fault), events: [...recording.events, ...events] };
}

describe('an expiry', () => {
  it('is the replacement of one version', () => {
    assert.deepEqual(
      cycles.map(({ replaces, cause }) => [replaces, cause]),
      cycles.map((_, version) => [version, version === 0 ? 'cold' : 'expiry']),
    );
  });

  it('counts a recompute that comes late, after others have failed', () => {
    const parts = { commits: [], invalidations: [] };
    const recompute = (at: number, replaces: number) => ({
      ...{ id: at, version: at, by: 'app-1', beganWallMs: at, seenStoreMs: at, replaces },
    });
    const [cycle, ...more] = cyclesOf({ ...parts, recomputes: [recompute(1, 7), recompute(5000, 7)] });
    assert.equal(cycle?.recomputes.length, 2);
    assert.deepEqual(more, []);
  });

  it('counts the refresh of a value that was just made as an expiry of its own', () => {
    const at = second.atStoreMs + 1;
    const again = evidenceFrom(withRecompute(at, { seenAt: at, replaces: 2 }));
    assert.equal(again.cycles.find(({ replaces }) => replaces === 2)?.recomputes.length, 2);
  });

  it('ends with an invalidation, even if nothing newer was stored', () => {
    const at = second.atStoreMs + ttlMs / 2;
    const invalidated: RunEvent = {
      ...{ at: at - 1, by: 'app-1', event: 'invalidated', key: 'hot', fence: 1, storeAt: at - 1 },
    };
    const { cycles } = evidenceFrom(withRecompute(at, { seenAt: at, replaces: 2 }, [invalidated]));
    assert.equal(cycles.find(({ cause }) => cause === 'invalidation')?.replaces, 2);
  });
});

describe('recomputes per expiry', () => {
  const CHECK = 'recomputes per expiry';

  it('fails a second recompute of the cold start', () => {
    const cold = cycles[0];
    assert.ok(cold);
    const again = withRecompute(cold.beganWallMs + 20, { seenAt: cold.beganStoreMs + 20, replaces: 0 });
    assert.equal(found(again, CHECK)?.verdict, 'fail');
    assert.match(found(again, CHECK)?.detail ?? '', /cold start 2, at most 1/);
  });

  it('fails a second recompute of one version, though the first was stored in between', () => {
    // Only a broken store or a broken asker can say so; then it is no expiry, but it counts.
    const at = second.atStoreMs + 40;
    const verdicts = findingsOf(evidenceFrom(withRecompute(at, { seenAt: at, replaces: 1 })));
    assert.equal(verdicts.find(({ name }) => name === 'every recompute explained')?.verdict, 'fail');
  });
});

describe('every recompute explained', () => {
  const CHECK = 'every recompute explained';
  const halfWay = second.atStoreMs + ttlMs / 2;
  const alone = withRecompute(halfWay, {});
  const noAnswer: RunEvent = { at: halfWay - 300, by: 'app-2', event: 'store-unavailable', why: 'no answer' };

  it('passes the run as it was recorded, and says what the recomputes were for', () => {
    assert.deepEqual(found(good, CHECK), {
      name: CHECK,
      verdict: 'pass',
      detail: `1 for the cold start, ${cycles.length - 1} for expiries`,
    });
  });

  it('does not know without a recompute', () => {
    assert.equal(found({ ...good, ledger: [] }, CHECK)?.verdict, 'unknown');
  });

  it('fails a recompute without the store while the store was there', () => {
    assert.equal(found(alone, CHECK)?.verdict, 'fail');
  });

  it('takes the silence of the store, or a fault that took it away, for a cause', () => {
    assert.equal(found({ ...alone, events: [...alone.events, noAnswer] }, CHECK)?.verdict, 'pass');
    assert.equal(found(under('redis-stall', halfWay - 20, alone), CHECK)?.verdict, 'pass');
    assert.equal(found(under('kill-holder', halfWay - 20, alone), CHECK)?.verdict, 'fail');
    assert.equal(
      found({ ...alone, events: [...alone.events, { ...noAnswer, by: 'app-1' }] }, CHECK)?.verdict,
      'fail',
    );
  });

  it('takes the loss of all values for a cause only of a fault that empties the store', () => {
    const lost = withRecompute(halfWay, { seenAt: halfWay, replaces: 0 });
    assert.equal(found(lost, CHECK)?.verdict, 'fail');
    assert.equal(found(under('redis-stall', halfWay - 20, lost), CHECK)?.verdict, 'fail');
    assert.equal(found(under('redis-restart', halfWay - 20, lost), CHECK)?.verdict, 'pass');
  });

  it('fails the replacement of a version that was never made', () => {
    assert.equal(found(withRecompute(halfWay, { seenAt: halfWay, replaces: 77 }), CHECK)?.verdict, 'fail');
  });
});

describe('served from the store', () => {
  const CHECK = 'served from the store';
  const at = second.atStoreMs + ttlMs / 2;
  const nearest = good.arrivals.find(({ dueAt, ending }) => ending === 'ok' && dueAt > at);
  assert.ok(nearest?.endedAt && nearest.by);
  const { by, endedAt } = nearest;
  const degraded: Recording = {
    ...good,
    arrivals: good.arrivals.map((arrival) =>
      arrival === nearest ? { ...arrival, degraded: true } : arrival,
    ),
  };
  const stalled = (forMs: number, who = by): Recording => ({
    ...degraded,
    events: [...good.events, { at: endedAt - 50, by: who, event: 'stalled', forMs }],
  });

  it('passes the run as it was recorded', () => assert.equal(found(good, CHECK)?.verdict, 'pass'));

  it('fails one answer without the store', () => assert.equal(found(degraded, CHECK)?.verdict, 'fail'));

  it('does not know of a process that stalled for longer than its time-out', () => {
    assert.equal(found(stalled(700), CHECK)?.verdict, 'unknown');
    assert.equal(found(stalled(300), CHECK)?.verdict, 'fail');
    assert.equal(found(stalled(700, 'app-9'), CHECK)?.verdict, 'fail');
  });

  it('passes it under a fault that takes the store away, while that lasts', () => {
    assert.equal(found(under('redis-down', at - 20, degraded), CHECK)?.verdict, 'pass');
    assert.equal(found(under('redis-down', endedAt + 20, degraded), CHECK)?.verdict, 'fail');
    assert.equal(found(under('slow-origin', at - 20, degraded), CHECK)?.verdict, 'fail');
  });

  it('does not know where nobody was answered', () => {
    assert.equal(found({ ...good, arrivals: [] }, CHECK)?.verdict, 'unknown');
  });
});
