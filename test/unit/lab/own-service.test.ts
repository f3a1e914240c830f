import assert from 'node:assert/strict';
import { describe, it, test } from 'node:test';
import { listenFrom, namesFrom } from '../../../lab/parameters/own/origin-parameters.ts';
import { refuseStandingTarget } from '../../../lab/parameters/own/unfit-own-service.ts';
import { settingsFrom } from '../../../lab/parameters/settings.ts';
import { valuesFrom } from '../../../lab/parameters/values.ts';
import { UsageError } from '../../../services/shared/usage-error.ts';

const settingsOf = (...typed: string[]) => settingsFrom(valuesFrom('herd', typed));

const isOneLine = (says: RegExp) => (error: unknown) =>
  error instanceof UsageError && says.test(error.message) && !error.message.includes('\n');

describe("a run of the user's own service", () => {
  const bad: readonly (readonly [typed: readonly string[], says: RegExp])[] = [
    [['APP=x', 'TARGET=http://a'], /^APP and TARGET each say which service is judged/],
    [['APP=x', 'STORE=sentinel'], /^STORE=sentinel does not go with APP: .*Allowed: STORE=single/],
    [['APP=x', 'PROXY=squid'], /^PROXY=squid does not go with APP: .*Allowed: PROXY=none/],
    [['APP=x', 'LEASE_BACKEND=redlock'], /^LEASE_BACKEND=redlock does not go with APP/],
    [['APP=x', 'ABLATE=no-fence'], /^ABLATE=no-fence does not go with APP/],
    [['APP=x', 'INVALIDATE=1s'], /^INVALIDATE=1000 does not go with APP|^INVALIDATE=1s does not go with APP/],
    [['APP=x', 'RUNTIME=compose'], /^RUNTIME=compose does not go with APP, which starts processes/],
    [['TARGET=http://a', 'STORE=sentinel'], /^STORE=sentinel does not go with TARGET/],
    [['TARGET=a'], /^TARGET: a is no address/],
    [['APP=x', 'CLAIM=fast'], /^CLAIM: fast is not a promise/],
    [['APP=x', 'CLAIM=survives=nothing'], /^CLAIM: there is no fault nothing/],
    [['APP=x', 'HEADERS=x'], /^HEADERS: /],
    [['CLAIM=monotonic'], /^CLAIM is about your own service, and this run has none/],
    [['HEADERS=A: b'], /^HEADERS is about your own service/],
    [['KEY_PATH=/x/:key'], /^KEY_PATH is about your own service/],
    [['VERSION_AT=/v'], /^VERSION_AT is about your own service/],
  ];
  for (const [typed, says] of bad)
    it(`is refused in one line: ${typed.join(' ')}`, () =>
      assert.throws(() => settingsOf(...typed), isOneLine(says)));

  it('has no refreshers, and as many replicas as TARGET has addresses', () => {
    assert.equal(settingsOf('APP=x', 'STRATEGY=refresh-ahead').refreshers, 0);
    assert.equal(settingsOf('TARGET=http://a,http://b,http://c').replicas, 3);
    assert.equal(settingsOf('APP=x', 'REPLICAS=2').replicas, 2);
  });

  it('is not held to what the strategies need of the settings', () => {
    assert.throws(() => settingsOf('STRATEGY=xfetch', 'TTL=500ms'), UsageError);
    settingsOf('APP=x', 'STRATEGY=xfetch', 'TTL=500ms');
    settingsOf('APP=x', 'STRATEGY=try-lock', 'GRACE=0ms');
  });
});

test('TARGET=up is for one fault', () => {
  assert.throws(
    () => refuseStandingTarget(valuesFrom('faults', ['TARGET=up'])),
    isOneLine(/Type: make fault-kill-holder TARGET=up$/),
  );
});

test('make origin listens where a service can reach it, for services with names', () => {
  assert.deepEqual(listenFrom('10.0.0.7:9000'), { host: '10.0.0.7', port: 9000 });
  for (const text of ['9000', 'localhost', '0.0.0.0:9000', ':9000', 'a:0', 'a:65535', 'http://a:9000'])
    assert.throws(
      () => listenFrom(text),
      isOneLine(/^LISTEN=.*Type: make origin LISTEN=127\.0\.0\.1:9000$/),
      text,
    );
  assert.deepEqual(namesFrom('a, b-1'), ['a', 'b-1']);
  for (const text of ['', 'a,,b', 'a,a', 'a b', 'a,é'])
    assert.throws(() => namesFrom(text), isOneLine(/^NAMES=.*Type: make origin NAMES=/), text);
});
