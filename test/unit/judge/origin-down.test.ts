import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Recording } from '../../../judge/evidence.ts';
import { evidenceFrom } from '../../../judge/evidence.ts';
import { isDecidedCommit } from '../../../record/events.ts';
import type { RunEvent } from '../../../record/facts.ts';
import type { FaultEvent } from '../../../record/fault-events.ts';
import { found, told } from '../../support/told-run.ts';

/** For so long the call that succeeds had been trying when the origin was back. */
const TRYING_MS = 600;

/**
 * The quiet run, told as if the origin had been gone after its second fill; the next one and last one was
 * stored so long after the origin was back.
 */
function outage(backMs: number, calls = 1): Recording {
  const recording = told('origin-down');
  const { commits, cycles } = evidenceFrom(recording);
  const [, second, third] = commits;
  assert.ok(second && third && cycles[2]);
  const injectedAt = second.atStoreMs + 10;
  const healedAt = cycles[2].beganStoreMs + TRYING_MS;
  const whenOf = { injected: injectedAt, healed: healedAt };
  const moved = (event: RunEvent): RunEvent => {
    if (event.event === 'fault')
      return { ...event, at: whenOf[(event as FaultEvent).phase as keyof typeof whenOf] };
    if (isDecidedCommit(event) && event.version === third.version)
      return { ...event, storeAt: healedAt + backMs };
    return event;
  };
  const failed = Array.from({ length: calls }, (_, index) => ({
    event: 'recompute-ended' as const,
    op: index,
    outcome: 'unknown' as const,
    at: injectedAt + 100 + index,
    by: 'app-1',
    key: 'hot',
    why: 'gone',
  }));
  const [stale, error, ...rest] = recording.arrivals.filter(({ sentAt = 0 }) => sentAt > injectedAt);
  assert.ok(stale && error);
  const arrivals = [
    { ...stale, served: 'stale' as const },
    { ...error, status: 502, ending: 'error' as const },
    ...rest,
  ];
  const untilThen = recording.events.filter(
    (event) => (event.event !== 'commit' && event.event !== 'committing') || event.version <= third.version,
  );
  return { ...recording, events: [...untilThen.map(moved), ...failed], arrivals };
}

describe('the judge of an origin that is gone', () => {
  it('passes a fill soon after it is back, though its call began long before', () => {
    const recording = outage(300);
    const { cycles, settings, timeline } = evidenceFrom(recording);
    const beganAt = cycles[2]?.beganStoreMs ?? Infinity;
    assert.ok(beganAt < (timeline?.healedWallMs ?? 0), 'the call was under way when the origin came back');
    assert.equal(settings.backoffMs, 500);
    assert.equal(found(recording)?.verdict, 'pass', found(recording)?.detail);
  });

  it('fails a fill that comes later than a back-off and a recompute after it', () =>
    assert.equal(found(outage(2000))?.verdict, 'fail'));

  it('fails more calls than one a back-off', () => assert.equal(found(outage(300, 20))?.verdict, 'fail'));

  it('does not know when nobody called', () => assert.equal(found(outage(300, 0))?.verdict, 'unknown'));
});
