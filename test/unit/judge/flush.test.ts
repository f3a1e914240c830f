import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { FLUSHED } from '../../../faults/flush/flushes.ts';
import type { Commit } from '../../../faults/support/evidence.ts';
import { evidenceFrom } from '../../../judge/evidence.ts';
import { isDecidedCommit } from '../../../record/events.ts';
import type { FaultEvent } from '../../../record/fault-events.ts';
import { inOrderOfEnding, type RecordedRun } from '../../support/recorded-run.ts';
import { withBeginnings } from '../../support/spoiled.ts';
import { assertFound, told } from '../../support/told-run.ts';

const { commits, grants } = evidenceFrom(told('flush'));
/** The value that the first flush takes, and the one that was made during the second. */
const [FRESH, UNDER_WAY] = [2, 4];

const storedAt = (version: number): number => {
  const commit = commits.find((one: Commit) => one.version === version);
  assert.ok(commit);
  return commit.atStoreMs;
};

const grantedAt = (version: number): number => {
  const grant = grants.findLast(({ atStoreMs }) => atStoreMs < storedAt(version));
  assert.ok(grant);
  return grant.atStoreMs;
};

interface Told {
  /** When Redis was emptied, by its clock. */
  readonly at?: readonly number[];
  readonly keys?: number;
  readonly left?: number;
  /** What became of the write that was under way. */
  readonly late?: 'accepted' | 'fenced';
  /** The version that was made during the second flush. */
  readonly underWay?: number;
}

/** The quiet run, told as if Redis had been emptied after a fill and during a recompute, whose write was refused. */
function flushed({
  underWay = UNDER_WAY,
  at = [storedAt(FRESH) + 10, grantedAt(underWay) + 1],
  keys = 2,
  left = 0,
  late = 'fenced',
}: Told = {}): RecordedRun {
  return told('flush', (events) => [
    ...events.map((event) =>
      isDecidedCommit(event) && event.version === underWay ? { ...event, outcome: late } : event,
    ),
    ...at.map(
      (storeAt): FaultEvent => ({
        ...{ at: storeAt, by: 'lab', event: 'fault', fault: 'flush', phase: 'noted', victim: 'redis' },
        ...{ what: FLUSHED, details: { storeAt, keys, left } },
      }),
    ),
  ]);
}

/** The begin of a version a second time. */
const twice = (recording: RecordedRun, version: number): RecordedRun =>
  withBeginnings(recording, (line) =>
    line.version === version ? [line, { ...line, id: line.id + 1000, version: version + 1000 }] : [line],
  );

describe('the judge of a Redis that is emptied', () => {
  it('passes one recompute after each flush, and a refused fill', () => assertFound(flushed(), 'pass'));

  it('fails a herd after either flush', () => {
    assertFound(twice(flushed(), FRESH + 1), 'fail');
    assertFound(twice(flushed(), UNDER_WAY + 1), 'fail');
  });

  it('fails if the fill under way is stored, unless the strategy’s writes heed no fence', () => {
    const stored = flushed({ late: 'accepted' });
    assertFound(stored, 'fail');
    assertFound({ ...stored, claim: { ...stored.claim, fenced: false } }, 'pass');
  });

  it('fails if a request fails', () => {
    const recording = flushed();
    const [planned] = recording.events.filter((event) => event.event === 'fault');
    assert.ok(planned);
    const dueAt = planned.at + 50;
    const failed = { dueAt, sentAt: dueAt, endedAt: dueAt + 5, ending: 'error', to: 'app-1' } as const;
    assertFound({ ...recording, arrivals: inOrderOfEnding([...recording.arrivals, failed]) }, 'fail');
  });

  it('does not know if Redis was emptied once, had nothing, or kept something', () => {
    assertFound(flushed({ at: [grantedAt(UNDER_WAY) + 1] }), 'unknown');
    assertFound(flushed({ keys: 0 }), 'unknown');
    assertFound(flushed({ left: 1 }), 'unknown');
  });

  it('does not know if no fill was under way, or if none came afterwards', () => {
    const between = [storedAt(FRESH) + 10, storedAt(UNDER_WAY - 1) + 10];
    assertFound(flushed({ at: between, late: 'accepted' }), 'unknown');
    const last = Math.max(...commits.map(({ version }) => version));
    assertFound(flushed({ underWay: last }), 'unknown');
  });
});
