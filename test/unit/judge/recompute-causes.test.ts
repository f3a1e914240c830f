import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { evidenceFrom, type Recording } from '../../../judge/evidence.ts';
import { findingsOf } from '../../../judge/verdict.ts';
import { isDecidedCommit } from '../../../record/events.ts';
import type { RunEvent } from '../../../record/facts.ts';
import type { FaultEvent } from '../../../record/fault-events.ts';
import { under, withRecompute } from '../../support/odd-recompute.ts';
import { recordedRun } from '../../support/recorded-run.ts';

const CHECK = 'every recompute explained';
const good = await recordedRun('lock-run');
const { commits } = evidenceFrom(good);
const [, second, , fourth] = commits;
assert.ok(second && fourth);
const { ttlMs } = good.facts.settings;
const halfWay = second.atStoreMs + ttlMs / 2;

const found = (recording: Recording, check = CHECK) =>
  findingsOf(evidenceFrom(recording)).find(({ name }) => name === check);

/** The run with the commit of version 2 told otherwise. */
const secondTold = (tell: (event: RunEvent) => readonly RunEvent[]): Recording => ({
  ...good,
  events: good.events.flatMap((event) =>
    'version' in event && event.version === 2 && 'key' in event && event.key === 'hot'
      ? tell(event)
      : [event],
  ),
});

describe('a version that was replaced', () => {
  it('must have been made', () =>
    assert.equal(found(withRecompute(halfWay, { seenAt: halfWay, replaces: 77 }))?.verdict, 'fail'));

  it('must have been accepted by the store', () => {
    const refused = secondTold((event) =>
      isDecidedCommit(event) ? [{ ...event, outcome: 'fenced' as const }] : [event],
    );
    assert.equal(found(refused)?.verdict, 'fail');
    assert.match(
      found(refused)?.detail ?? '',
      /version 2 was replaced by app-\d, but was not stored by then/,
    );
  });

  it('must have been accepted before the look that named it', () => {
    // A recompute that runs already names the next version, which opens an expiry of its own.
    const early = second.atStoreMs - 100;
    const ahead = found(withRecompute(early, { seenAt: early, replaces: 2 }));
    assert.equal(ahead?.verdict, 'fail');
    const later = secondTold((event) =>
      isDecidedCommit(event) ? [{ ...event, storeAt: event.storeAt + ttlMs + 400 }] : [event],
    );
    assert.equal(found(later)?.verdict, 'fail');
  });

  it('may have a write without a reply, since that look settles it', () => {
    const unanswered = secondTold((event) => (event.event === 'commit' ? [] : [event]));
    assert.equal(found(unanswered)?.verdict, 'pass');
  });
});

describe('an invalidation', () => {
  const invalidated = (at: number): RunEvent => ({
    ...{ at, by: 'app-1', event: 'invalidated', key: 'hot', fence: 1, storeAt: at },
  });
  const asked = (at: number): FaultEvent => ({
    ...{
      at,
      by: 'lab',
      event: 'fault',
      fault: 'invalidate',
      phase: 'noted',
      victim: 'hot',
      what: 'invalidate',
    },
  });
  const again = (...events: RunEvent[]) => withRecompute(halfWay, { seenAt: halfWay, replaces: 2 }, events);

  it('is a cause if the lab asked for it', () =>
    assert.equal(found(again(asked(halfWay - 5), invalidated(halfWay - 1)))?.verdict, 'pass'));

  it('is none if nobody did, or long before', () => {
    assert.equal(found(again(invalidated(halfWay - 1)))?.verdict, 'fail');
    assert.equal(found(again(asked(halfWay - 9000), invalidated(halfWay - 1)))?.verdict, 'fail');
  });

  it('is none if the lab asked for one, and there were two', () => {
    const two = again(asked(halfWay - 5), invalidated(halfWay - 3), invalidated(halfWay - 1));
    assert.equal(found(two)?.verdict, 'fail');
  });
});

describe('a store that was emptied', () => {
  const last = fourth.atStoreMs + ttlMs / 2;
  const lostAt = (at: number) => withRecompute(at, { seenAt: at, replaces: 0 });

  it('has forgotten its versions by the blow', () =>
    assert.equal(found(under('redis-restart', halfWay - 20, lostAt(halfWay)))?.verdict, 'pass'));

  it('has not forgotten later ones by it, nor any before it', () => {
    assert.equal(found(under('redis-restart', halfWay - 20, lostAt(last)))?.verdict, 'fail');
    assert.equal(found(under('redis-restart', last, lostAt(halfWay)))?.verdict, 'fail');
  });

  it('may be hidden for a while by copies of what it had before the blow', () => {
    const at = second.atStoreMs + 2000;
    const run = lostAt(at);
    const hidden = {
      ...run,
      events: run.events.filter((event) => event.at <= second.atWallMs + 20),
      ledger: run.ledger.filter((line) => line.at <= second.atWallMs || line.at === at),
    };
    assert.equal(found(under('redis-restart', second.atWallMs + 30, hidden))?.verdict, 'pass');
    assert.equal(found(under('redis-restart', second.atWallMs - 30, hidden))?.verdict, 'fail');
  });

  it('may have more recomputes than the claim only while the fault lasts', () => {
    const two = (at: number) => {
      const one = lostAt(at);
      const [more] = withRecompute(at + 1, {
        seenAt: at + 1,
        replaces: 0,
        id: 901,
        version: 901,
      }).ledger.slice(-1);
      assert.ok(more);
      return { ...one, ledger: [...one.ledger, more] };
    };
    const claim = (recording: Recording) => found(recording, 'recomputes per expiry')?.verdict;
    assert.equal(claim(under('redis-restart', halfWay - 20, two(halfWay))), 'pass');
    assert.equal(claim(under('redis-restart', halfWay - 800, two(halfWay))), 'fail');
  });
});
