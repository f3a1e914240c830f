import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { faults } from '../../../faults/index.ts';
import { pointsOf } from '../../../faults/support/points.ts';
import { planOf } from '../../../lab/commands/faults.ts';
import { readCommandLine } from '../../../lab/parameters/command-line.ts';

function planFor(...words: string[]) {
  const line = readCommandLine(['faults', ...words]);
  assert.ok('command' in line);
  return planOf({ ...line, environment: new Map() });
}
const pairsIn = ({ runs }: ReturnType<typeof planFor>) =>
  runs.map(({ fault, point }) => `${fault.name} ${point ?? ''}`.trim());

describe('make faults', () => {
  it('runs every fault at each of its points, and one that has none once', () => {
    const all = faults.flatMap((fault) => {
      const points = pointsOf(fault);
      return points.length > 0 ? points.map((point) => `${fault.name} ${point}`) : [fault.name];
    });
    assert.deepEqual(pairsIn(planFor()), all);
    assert.deepEqual(planFor().leftOut, []);
    assert.ok(all.includes('kill-holder committed') && all.includes('scale-out'));
  });

  it('runs at one point only, if it is told which, and says what has none', () => {
    const plan = planFor('AT=committed');
    assert.ok(pairsIn(plan).every((pair) => pair.endsWith(' committed')));
    assert.equal(plan.runs.length, faults.filter((fault) => fault.points?.committed).length);
    const said = plan.leftOut.join(' ').replace(/\s+/g, ' ');
    assert.match(said, /without points: .*scale-out/);
    assert.match(said, /pause-holder-overlap AT=committed/);
  });

  it('puts a relay before Redis where something must be held or delayed on its way, and nowhere else', () => {
    for (const { fault, point, settings } of planFor().runs) {
      const isHeld = point !== null && point !== 'recomputing';
      assert.equal(settings.relay, isHeld || /^(redis-slow|slow-wakeups)$/.test(fault.name), fault.name);
    }
  });
});
