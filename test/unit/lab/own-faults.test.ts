import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { faults, faultsFromOutside } from '../../../faults/index.ts';
import { planOf } from '../../../lab/commands/faults.ts';
import { readCommandLine } from '../../../lab/parameters/command-line.ts';
import { settingsFrom } from '../../../lab/parameters/settings.ts';
import { valuesFrom } from '../../../lab/parameters/values.ts';
import { UsageError } from '../../../services/shared/usage-error.ts';

const APP = 'APP=node my-service.js';
const TARGET = 'TARGET=http://localhost:8001,http://localhost:8002';

const planFor = (...words: string[]) => {
  const line = readCommandLine(['faults', ...words]);
  assert.ok('command' in line);
  return planOf({ ...line, environment: new Map() });
};
const namesIn = ({ runs }: ReturnType<typeof planFor>) => runs.map(({ fault }) => fault.name);

const refused = (words: readonly string[], message: RegExp) =>
  assert.throws(
    () => settingsFrom(valuesFrom('herd', words)),
    (error: Error) => {
      assert.ok(error instanceof UsageError, error.stack);
      assert.match(error.message, message);
      assert.match(error.message, /Allowed: .*\. Type: make herd /);
      assert.doesNotMatch(error.message, /\n/);
      return true;
    },
  );

describe('the faults of a service of the user’s own', () => {
  it('are those that can be done and judged from outside', () => {
    const able = faultsFromOutside({ target: null });
    for (const name of ['kill-holder', 'pause-holder', 'redis-down', 'flush', 'origin-errors', 'scale-out'])
      assert.ok(able.includes(name), name);
    for (const name of ['lost-wakeups', 'corrupt-value', 'client-leaves', 'kill-refresher'])
      assert.ok(!able.includes(name), name);
  });

  it('are, of one that runs already, those that need no process of the lab', () =>
    assert.deepEqual(faultsFromOutside({ target: 'http://localhost:8001' }), [
      'slow-origin',
      'origin-errors',
      'flush',
    ]));

  it('are refused by name otherwise', () => {
    for (const { name } of faults.filter(({ outside }) => !outside))
      refused([APP, `FAULT=${name}`], new RegExp(`^(FAULT=${name} needs |STRATEGY|LEASE_BACKEND|STORE)`));
    refused([APP, 'FAULT=lost-wakeups'], /^FAULT=lost-wakeups needs to see inside/);
    refused([TARGET, 'FAULT=kill-holder'], /^FAULT=kill-holder needs processes that the lab has started/);
    refused([APP, 'FAULT=kill-holder', 'AT=recomputing'], /^AT=recomputing is about the lab's own lease/);
    refused([APP, 'CLAIM=survives=flush,lost-wakeups'], /whether a service survives lost-wakeups/);
  });

  it('are allowed beside a promise', () => {
    settingsFrom(valuesFrom('herd', [APP, 'FAULT=kill-holder']));
    settingsFrom(valuesFrom('herd', [TARGET, 'FAULT=flush', 'CLAIM=survives=kill-holder']));
  });
});

describe('make faults with a service of the user’s own', () => {
  it('runs what the service promises to survive, each once', () =>
    assert.deepEqual(namesIn(planFor(APP, 'CLAIM=recomputes<=1 survives=flush,kill-holder')), [
      'kill-holder',
      'flush',
    ]));

  it('runs every fault that can be done to it if it promises none', () => {
    assert.deepEqual(namesIn(planFor(APP)), faultsFromOutside({ target: null }));
    assert.deepEqual(namesIn(planFor(TARGET)), ['slow-origin', 'origin-errors', 'flush']);
  });

  it('takes the presets of each fault', () => {
    const [slow] = planFor(APP, 'CLAIM=survives=slow-origin').runs;
    assert.equal(slow?.settings.leaseMs, 1000);
    assert.equal(slow?.settings.expiries, 20);
  });

  it('refuses what cannot be promised', () =>
    assert.throws(() => planFor(APP, 'CLAIM=survives=nothing'), /there is no fault nothing/));
});
