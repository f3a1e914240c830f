import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { cyclesOf } from '../../../judge/cycles.ts';
import { evidenceFrom, type Recording } from '../../../judge/evidence.ts';
import { findingsOf } from '../../../judge/verdict.ts';
import type { RunEvent } from '../../../record/facts.ts';
import { under, withRecompute } from '../../support/odd-recompute.ts';
import { recordedRun } from '../../support/recorded-run.ts';

const good = await recordedRun('lock-run');
const { commits, cycles } = evidenceFrom(good);
const second = commits[1];
assert.ok(second);
const { ttlMs } = good.facts.settings;

const found = (recording: Recording, check: string) =>
  findingsOf(evidenceFrom(recording)).find(({ name }) => name === check);

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

  it('fails a second recompute in an expiry after those that were asked for', () => {
    const last = evidenceFrom(good).judged.at(-1);
    assert.ok(last);
    const at = last.beganStoreMs + 20;
    const again = withRecompute(at, { seenAt: at, replaces: last.replaces });
    const settings = { ...again.facts.settings, expiries: 2 };
    const asked = { ...again, facts: { ...again.facts, settings } };
    assert.equal(found(asked, CHECK)?.verdict, 'fail');
    assert.match(found(asked, 'expiries crossed under load')?.detail ?? '', /^2 of 2 expiries/);
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
  const stalled = (forMs: number, who = by, beforeMs = 50): Recording => ({
    ...degraded,
    events: [...good.events, { at: endedAt - beforeMs, by: who, event: 'stalled', forMs }],
  });
  const busy = { ...good.facts.herd, eventLoopDelayMs: { p99: 80, max: 300 } };

  it('passes the run as it was recorded', () => assert.equal(found(good, CHECK)?.verdict, 'pass'));

  it('fails one answer without the store', () => assert.equal(found(degraded, CHECK)?.verdict, 'fail'));

  it('does not know of a process whose stalls took half of its time-out, shortly before', () => {
    assert.equal(found(stalled(700), CHECK)?.verdict, 'unknown');
    assert.equal(found(stalled(260), CHECK)?.verdict, 'unknown');
    assert.equal(found(stalled(240), CHECK)?.verdict, 'fail');
    assert.equal(found(stalled(260, by, 1600), CHECK)?.verdict, 'fail');
    const once = stalled(130);
    const twice = (beforeMs: number): Recording => ({
      ...once,
      events: [...once.events, ...stalled(130, by, beforeMs).events.slice(-1)],
    });
    assert.equal(found(twice(400), CHECK)?.verdict, 'unknown');
    assert.equal(found(twice(700), CHECK)?.verdict, 'fail');
    assert.equal(found(stalled(700, 'app-9'), CHECK)?.verdict, 'fail');
  });

  it('does not know if the load was uneven', () => {
    assert.equal(found({ ...degraded, facts: { ...good.facts, herd: busy } }, CHECK)?.verdict, 'unknown');
    assert.equal(found({ ...good, facts: { ...good.facts, herd: busy } }, CHECK)?.verdict, 'pass');
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
