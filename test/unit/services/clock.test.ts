import assert from 'node:assert/strict';
import { test } from 'node:test';
import { systemClock } from '../../../services/shared/clock.ts';
import { HandClock } from '../../support/hand-clock.ts';
import { within } from '../../support/within.ts';

for (const [name, clock] of [
  ['the system’s clock', systemClock],
  ['the clock of the tests', new HandClock()],
] as const) {
  test(`${name}: a sleep ends with the reason of a signal that aborts first, or has aborted`, async () => {
    const reason = new Error('enough');
    const sleeper = new AbortController();
    const asleep = clock.sleep(60_000, sleeper.signal);
    sleeper.abort(reason);
    await within(
      1000,
      'waking up',
      assert.rejects(asleep, (error) => error === reason),
    );
    await assert.rejects(clock.sleep(60_000, AbortSignal.abort(reason)), (error) => error === reason);
  });
}

test('a timer fires once, unless it is stopped before', async () => {
  const clock = new HandClock();
  const fired: string[] = [];
  clock.after(10, () => fired.push('kept'));
  clock.after(10, () => fired.push('stopped'))();
  await clock.advance(50);
  assert.deepEqual(fired, ['kept']);
  await within(1000, 'a real timer', new Promise<void>((resolve) => void systemClock.after(1, resolve)));
});
