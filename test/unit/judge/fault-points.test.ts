import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { isTouched } from '../../../faults/support/lookups.ts';
import { evidenceFrom } from '../../../judge/evidence.ts';
import type { Point } from '../../../record/fault-events.ts';
import type { RecordedRun } from '../../support/recorded-run.ts';
import {
  all,
  lateCommitSeen,
  nobodyAfter,
  type Spoil,
  stepLater,
  takenOverAfter,
  withBeginnings,
  writeDecided,
  writeLost,
} from '../../support/spoiled.ts';
import { assertFound as as, told } from '../../support/told-run.ts';

const nothing: Spoil = (events) => events;
const quietFrom = (recording: RecordedRun, fromMs: number): RecordedRun => {
  const injected = recording.events.find((event) => event.event === 'fault' && event.phase === 'injected');
  const arrivals = recording.arrivals.filter(({ dueAt }) => dueAt < (injected?.at ?? 0) + fromMs);
  return { ...recording, arrivals };
};
/** In the ledger, the expiry after the one that the fault befell. */
const NEXT = 2;
/** The store had lost the victim's value: the next recompute replaced the one before it. */
const lost = (recording: RecordedRun) =>
  withBeginnings(recording, (line, index) => [index === NEXT ? { ...line, replaces: 1 } : line]);
const nobodyReplaces = (recording: RecordedRun) =>
  withBeginnings(recording, (line, index) => (index < NEXT ? [line] : []));
const onlyTheHolder = (recording: RecordedRun) => ({
  ...recording,
  arrivals: recording.arrivals.map((arrival) =>
    arrival.by === 'app-2' ? { ...arrival, by: 'app-1' } : arrival,
  ),
});

/** The lease left when the holder died: in the quiet run it is 1 s, and a tick of a refresher 500 ms. */
const IN_TIME_MS = 900;
const TOO_LATE_MS = 1700;
const alone: Spoil = all(writeLost, nobodyAfter);

describe('a holder that dies before its value is stored', () => {
  for (const fault of ['kill-holder', 'kill-refresher'])
    for (const point of ['granted', 'recomputing', 'committing'] satisfies Point[]) {
      const dies = (more: Spoil) => {
        const recording = told(fault, all(alone, more), point);
        // A refresher's lease keeps no request waiting.
        const arrivals = recording.arrivals.map((arrival) =>
          fault === 'kill-refresher' && arrival.served !== undefined
            ? { ...arrival, served: 'hit' }
            : arrival,
        );
        return { ...recording, arrivals };
      };

      it(`${fault} at ${point}: passes one take-over within the lease`, () =>
        as(dies(takenOverAfter(IN_TIME_MS)), 'pass'));

      it(`${fault} at ${point}: fails a take-over that is late, or none, or two`, () => {
        as(dies(takenOverAfter(TOO_LATE_MS)), 'fail');
        as(dies(nothing), 'fail');
        const two = all(takenOverAfter(300, { commits: false }), takenOverAfter(400, { nth: 2 }));
        as(dies(two), 'fail');
      });

      it(`${fault} at ${point}: does not know if nobody asked for the value, or the victim had written it`, () => {
        as(quietFrom(dies(nothing), 0), 'unknown');
        as(told(fault, nothing, point), 'unknown');
      });
    }
});

describe('a victim that is hit once the store has its value', () => {
  for (const fault of ['kill-holder', 'kill-refresher', 'pause-holder', 'pause-holder-brief']) {
    const hit = () => told(fault, stepLater('injected', 230), 'committed');

    it(`${fault}: passes if the others have it, and the next expiry replaces it`, () => as(hit(), 'pass'));

    it(`${fault}: fails if the value was lost`, () => as(lost(hit()), 'fail'));

    it(`${fault}: does not know if nobody replaced it afterwards, or nobody else asked for it`, () => {
      as(nobodyReplaces(hit()), 'unknown');
      as(onlyTheHolder(hit()), 'unknown');
    });

    it(`${fault}: does not know if the victim wrote nothing`, () =>
      as(told(fault, writeLost, 'committed'), 'unknown'));
  }
});

describe('a holder that is frozen before it knows of its grant', () => {
  const frozen = (...more: Spoil[]) => told('pause-holder', all(...more), 'granted');
  it('passes if another took over, and nothing was written under the late grant, or only refused', () => {
    as(frozen(alone, takenOverAfter(IN_TIME_MS)), 'pass');
    as(frozen(nobodyAfter, takenOverAfter(IN_TIME_MS), writeDecided('fenced', 2000)), 'pass');
  });
  it('fails if something was written under the late grant, or nobody took over', () => {
    as(frozen(nobodyAfter, takenOverAfter(IN_TIME_MS), writeDecided('accepted', 2000)), 'fail');
    as(frozen(alone), 'fail');
  });
});

describe('a commit that is held until another has written', () => {
  const held = (...more: Spoil[]) => told('pause-holder', all(alone, ...more), 'committing');
  const newer = (victims: number) => victims + 1;
  it('passes if the store keeps the newer value', () =>
    as(held(takenOverAfter(300), lateCommitSeen(500, newer)), 'pass'));
  it('fails if the store takes the late one', () =>
    as(
      held(
        takenOverAfter(300),
        lateCommitSeen(500, (victims) => victims),
      ),
      'fail',
    ));
  it('does not know if it never reached the store, or came before the other one', () => {
    as(held(takenOverAfter(300)), 'unknown');
    as(held(takenOverAfter(300), lateCommitSeen(320, newer)), 'unknown');
    as(held(lateCommitSeen(500, newer)), 'unknown');
  });
});

describe('a commit that is held until another was granted the lease', () => {
  const held = (...more: Spoil[]) => told('pause-holder-overlap', all(alone, ...more), 'committing');
  const older = (victims: number) => victims - 1;
  it('passes if it is refused while the other one works, who then commits', () =>
    as(held(takenOverAfter(300), lateCommitSeen(320, older)), 'pass'));
  it('fails if the store takes it, or a third one gets in, or the other one never commits', () => {
    as(
      held(
        takenOverAfter(300),
        lateCommitSeen(320, (victims) => victims),
      ),
      'fail',
    );
    const second = takenOverAfter(300, { commits: false });
    as(held(second, takenOverAfter(330, { nth: 2 }), lateCommitSeen(320, older)), 'fail');
    as(held(second, lateCommitSeen(320, older)), 'fail');
  });
  it('does not know if it never reached the store, or after the other one had committed', () => {
    as(held(takenOverAfter(300)), 'unknown');
    as(held(takenOverAfter(300), lateCommitSeen(360, older)), 'unknown');
  });
});

describe('a holder that is frozen for less than its lease', () => {
  for (const point of ['granted', 'recomputing', 'committing'] satisfies Point[]) {
    const frozen = (...more: Spoil[]) => told('pause-holder-brief', all(...more), point);
    it(`at ${point}: passes if its commit is accepted`, () => as(frozen(), 'pass'));
    it(`at ${point}: fails if another was granted the lease before, or its commit was refused`, () => {
      as(frozen(takenOverAfter(100, { commits: false })), 'fail');
      as(frozen(writeDecided('fenced')), 'fail');
    });
    it(`at ${point}: does not know if it was frozen for too long, or had committed before`, () => {
      as(frozen(writeDecided('fenced'), stepLater('healed', 600)), 'unknown');
      as(frozen(stepLater('injected', 300)), 'unknown');
    });
  }
});

describe('what a fault may have touched', () => {
  const untilHit = (ms: number) => told('kill-holder', stepLater('injected', ms));
  it('counts from before the blow: an expiry that ended while the victim died is touched', () => {
    const evidence = evidenceFrom(untilHit(250));
    const [, hit] = evidence.cycles;
    assert.ok(hit?.filledWallMs && hit.filledWallMs < (evidence.struck[0]?.timeline.injectedWallMs ?? 0));
    assert.equal(isTouched(evidence, hit), true);
  });
  it('is nothing that had ended before', () => {
    const evidence = evidenceFrom(untilHit(250));
    const [before] = evidence.cycles;
    assert.ok(before);
    assert.equal(isTouched(evidence, before), false);
  });
});
