import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Point } from '../../../record/fault-events.ts';
import type { RecordedRun } from '../../support/recorded-run.ts';
import { all, nobodyAfter, type Spoil, takenOverAfter, writeLost } from '../../support/spoiled.ts';
import { found, told } from '../../support/told-run.ts';

/** After the victim's grant, in the quiet run: the blow, a lease, a tick of a refresher, and the slack. */
const DEADLINES_MS = {
  'kill-holder': 5 + 1000 + 50,
  'kill-refresher': 5 + 1000 + 500 + 50,
  'pause-holder': 5 + 1000 + 50,
};
const NEAR_MS = 100;
const FAR_MS = 300;

for (const [fault, deadlineMs] of Object.entries(DEADLINES_MS)) {
  const point: Point = fault === 'pause-holder' ? 'granted' : 'recomputing';
  /** The take-over came so late. */
  const late = (lateMs: number, ...more: Spoil[]): RecordedRun => {
    const spoils = all(writeLost, nobodyAfter, takenOverAfter(deadlineMs + lateMs), ...more);
    const recording = told(fault, spoils, point);
    // A refresher's lease keeps no request waiting.
    const arrivals = recording.arrivals.map((arrival) =>
      fault === 'kill-refresher' && arrival.served !== undefined ? { ...arrival, served: 'hit' } : arrival,
    );
    return { ...recording, arrivals };
  };
  /** A member stalled for 60 ms, which ended so long after the deadline. */
  const stalled =
    (endMs: number, by?: string): Spoil =>
    (events, fence) => {
      const grant =
        events.find((event) => event.event === 'granted' && event.fence === fence) ?? assert.fail();
      return [
        ...events,
        { event: 'stalled', by: by ?? 'app-9', at: grant.at + deadlineMs + endMs, forMs: 60 },
      ];
    };
  const victim = () => {
    const hit = told(fault).events.find(({ event }) => event === 'fault');
    return (hit?.event === 'fault' && hit.victim) || assert.fail();
  };
  const unevenly = (recording: RecordedRun): RecordedRun => {
    const herd = { ...recording.facts.herd, eventLoopDelayMs: { p99: 80, max: 90 } };
    return { ...recording, facts: { ...recording.facts, herd } };
  };
  const verdictOn = (recording: RecordedRun) => found(recording)?.verdict;

  describe(`the deadline of a take-over under ${fault}`, () => {
    it('is kept or missed on a machine at rest', () => {
      assert.equal(verdictOn(late(-10)), 'pass');
      assert.equal(verdictOn(late(NEAR_MS)), 'fail');
    });

    it('leaves it open why it was missed by little if a surviving member stalled just then', () => {
      assert.equal(verdictOn(late(NEAR_MS, stalled(30))), 'unknown');
      assert.equal(verdictOn(late(-10, stalled(30))), 'pass');
    });

    it('was missed if the stall came before or after it, or befell the victim alone', () => {
      for (const stall of [stalled(-5), stalled(70), stalled(30, victim())])
        assert.equal(verdictOn(late(NEAR_MS, stall)), 'fail');
    });

    it('leaves it open why it was missed by little if the load did not keep its pace', () => {
      assert.equal(verdictOn(unevenly(late(NEAR_MS))), 'unknown');
      assert.equal(verdictOn(unevenly(late(-10))), 'pass');
    });

    it('was missed by much, whatever the machine did', () =>
      assert.equal(verdictOn(unevenly(late(FAR_MS, stalled(30)))), 'fail'));

    it('does not excuse that two others tried', () => {
      const second = takenOverAfter(deadlineMs + NEAR_MS + 20, { nth: 2 });
      const first = takenOverAfter(deadlineMs + NEAR_MS, { commits: false });
      const both = told(fault, all(writeLost, nobodyAfter, first, second, stalled(30)), point);
      assert.equal(verdictOn(unevenly(both)), 'fail');
    });
  });
}
