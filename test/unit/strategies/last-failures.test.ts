import assert from 'node:assert/strict';
import { test } from 'node:test';
import { OriginFailed } from '../../../strategies/contract/errors.ts';
import { LastFailures } from '../../../strategies/shared/bounded/last-failures.ts';

const failureOf = (key: string) => new OriginFailed(`the origin failed for ${key}`, { key });

test('each key has its own last failure, until it has a good value again', () => {
  const failures = new LastFailures();
  const [first, second, other] = [failureOf('k'), failureOf('k'), failureOf('m')];
  failures.remember('k', first);
  failures.remember('m', other);
  failures.remember('k', second);
  assert.deepEqual([failures.of('k'), failures.of('m')], [second, other]);
  failures.forget('k');
  assert.deepEqual([failures.of('k'), failures.of('m')], [undefined, other]);
});

test('of a flood of failing keys it remembers the hundred that failed last', () => {
  const failures = new LastFailures();
  for (let n = 0; n < 100; n++) failures.remember(`k${n}`, failureOf(`k${n}`));
  failures.remember('k0', failureOf('k0'));
  failures.remember('one more', failureOf('one more'));
  assert.equal(failures.of('k1'), undefined);
  for (const key of ['k0', 'k2', 'k99', 'one more']) assert.ok(failures.of(key), key);
});
