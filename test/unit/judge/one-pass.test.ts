import assert from 'node:assert/strict';
import { test } from 'node:test';
import { faultNamed, faults } from '../../../faults/index.ts';
import type { Recording } from '../../../judge/evidence.ts';
import { judge } from '../../../judge/index.ts';
import { recordedRun } from '../../support/recorded-run.ts';
import { told } from '../../support/told-run.ts';

/** The recording, and how often somebody has read its arrivals. */
function counted(recording: Recording): { recording: Recording; readings: () => number } {
  let readings = 0;
  const arrivals = {
    [Symbol.iterator]() {
      readings += 1;
      return recording.arrivals[Symbol.iterator]();
    },
  };
  return { recording: { ...recording, arrivals }, readings: () => readings };
}

test('a run is judged in one reading of its arrivals, whatever its fault', async () => {
  const runs = [await recordedRun('lock-run'), ...faults.map(({ name }) => told(name))];
  for (const run of runs) {
    const { recording, readings } = counted(run);
    const { record } = judge(recording);
    assert.equal(readings(), 1, faultNamed(record.fault)?.name);
    assert.equal(record.requests.ok + record.requests.error, [...run.arrivals].length);
  }
});

test('a run behind a proxy is judged in two: the first finds which request the proxy forwarded', async () => {
  const { recording, readings } = counted(await recordedRun('squid-run'));
  assert.equal(judge(recording).record.verdict, 'pass');
  assert.equal(readings(), 2);
});
