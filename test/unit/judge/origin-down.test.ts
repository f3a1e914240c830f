import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { evidenceFrom } from '../../../judge/evidence.ts';
import { findingsOf } from '../../../judge/verdict.ts';
import type { Arrival } from '../../../record/arrival.ts';
import { isDecidedCommit } from '../../../record/events.ts';
import type { RunEvent } from '../../../record/facts.ts';
import type { FaultEvent } from '../../../record/fault-events.ts';
import type { RecordedRun } from '../../support/recorded-run.ts';
import { found, told } from '../../support/told-run.ts';

/** For so long the call that succeeds had been trying when the origin was back. */
const TRYING_MS = 600;

/** A request that failed, so long after it was due. */
const failed = (endedAt: number, tookMs = 20, status = 502): Arrival => ({
  ...{ dueAt: endedAt - tookMs, sentAt: endedAt - tookMs, endedAt, ending: 'error', status, to: 'app-1' },
});

/** With a grace that ends within the outage. */
const withGrace = ({ facts, ...rest }: RecordedRun): RecordedRun => ({
  ...rest,
  facts: { ...facts, settings: { ...facts.settings, graceMs: 200 } },
});

/**
 * The quiet run, told as if the origin had been gone after its second fill; the next one and last one was
 * stored so long after the origin was back.
 */
function outage(
  backMs: number,
  calls = 1,
  failing: (goneAt: number, healedAt: number) => Arrival[] = (goneAt) => [failed(goneAt + 100)],
): RecordedRun {
  const recording = withGrace(told('origin-down'));
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
  const { ttlMs, graceMs } = recording.facts.settings;
  const [stale, ...rest] = recording.arrivals.filter(({ sentAt = 0 }) => sentAt > injectedAt);
  assert.ok(stale);
  const arrivals = [
    { ...stale, served: 'stale' as const },
    ...failing(second.atWallMs + ttlMs + graceMs, healedAt),
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
    const { cycles, settings, struck } = evidenceFrom(recording);
    const beganAt = cycles[2]?.beganStoreMs ?? Infinity;
    assert.ok(
      beganAt < (struck[0]?.timeline.healedWallMs ?? 0),
      'the call was under way when the origin came back',
    );
    assert.equal(settings.backoffMs, 500);
    assert.equal(found(recording)?.verdict, 'pass', found(recording)?.detail);
  });

  it('fails a fill that comes later than a back-off and a recompute after it', () =>
    assert.equal(found(outage(2000))?.verdict, 'fail'));

  it('fails more calls than one a back-off', () => assert.equal(found(outage(300, 20))?.verdict, 'fail'));

  const accounted = (recording: RecordedRun) => {
    const { arrivals, facts } = recording;
    const herd = { ...facts.herd, scheduled: arrivals.length };
    const evidence = evidenceFrom({ ...recording, facts: { ...facts, herd } });
    return findingsOf(evidence).find(({ name }) => name === 'every request accounted for')?.verdict;
  };
  /** What the judge of the fault and the accounting of requests say of an outage with one more failed request. */
  const verdictsWith = (failing: (goneAt: number, healedAt: number) => Arrival) => {
    const recording = outage(300, 1, (goneAt, healedAt) => [failed(goneAt + 100), failing(goneAt, healedAt)]);
    return [found(recording)?.verdict, accounted(recording)];
  };

  it('excuses errors that come at once after the grace', () => {
    assert.deepEqual(
      verdictsWith((goneAt) => failed(goneAt + 1)),
      ['pass', 'pass'],
    );
    // Its request came while the value was still there.
    assert.deepEqual(
      verdictsWith((goneAt) => failed(goneAt + 50, 200)),
      ['pass', 'pass'],
    );
  });

  it('excuses no error within the grace, none that takes long, none long after the outage, and no other', () => {
    for (const failing of [
      (goneAt: number) => failed(goneAt - 100),
      (goneAt: number) => failed(goneAt + 3000, 2900),
      (_: number, healedAt: number) => failed(healedAt + 1500),
    ])
      assert.deepEqual(verdictsWith(failing), ['fail', 'fail']);
    assert.equal(verdictsWith((goneAt) => failed(goneAt + 100, 20, 503))[1], 'fail');
  });

  it('does not know when nobody called', () => assert.equal(found(outage(300, 0))?.verdict, 'unknown'));
});
