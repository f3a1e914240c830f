import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { evidenceFrom } from '../../../../judge/evidence.ts';
import { findingsOf } from '../../../../judge/verdict.ts';
import type { ClockSample } from '../../../../record/clock-samples.ts';
import { asForeign } from '../../../support/as-foreign.ts';
import { type RecordedRun, recordedRun } from '../../../support/recorded-run.ts';

const CLAIM = 'recomputes<=1 stale<=50ms';

const run = asForeign(await recordedRun('lock-run'), CLAIM);
const at = run.facts.herd.openedAt;
const sample = (of: string, aheadMs: number): ClockSample => ({
  ...{ at, by: 'lab', event: 'clock', of, aheadMs, errorMs: 1 },
});

/** The run in containers. The origin's clock is so far ahead; undefined: nobody knows. */
const inContainers = (aheadMs?: number): RecordedRun => ({
  ...run,
  facts: { ...run.facts, runtime: 'compose' },
  events: [
    ...run.events.filter(({ event }) => event !== 'clock'),
    ...(aheadMs === undefined ? [] : [sample('store', 0), sample('herd', 0), sample('origin', aheadMs)]),
  ],
});

const wantingIn = (one: RecordedRun) =>
  findingsOf(evidenceFrom(one)).flatMap(({ name, verdict }) =>
    verdict === 'pass' ? [] : `${verdict}: ${name}`,
  );

describe('a service in containers, whose kernel may have a clock of its own', () => {
  it('is judged with the error of the clocks', () => {
    assert.deepEqual(wantingIn(inContainers(0)), []);
    assert.equal(evidenceFrom(inContainers(-20)).clockErrorMs, 22);
    assert.equal(evidenceFrom(inContainers(20)).clockErrorMs, 22);
  });

  it('is unknown where two clocks are compared if they were not read, or are far apart', () => {
    for (const aheadMs of [undefined, 200]) {
      const wanting = wantingIn(inContainers(aheadMs));
      for (const name of ['answers made by the origin', 'staleness bound'])
        assert.ok(wanting.includes(`unknown: ${name}`), `${aheadMs}: ${wanting.join(', ')}`);
    }
  });
});
