import assert from 'node:assert/strict';
import { test } from 'node:test';
import { collapsed, Flight, flightFor } from '../../../strategies/shared/flight.ts';
import { unstoredEntry } from '../../../strategies/shared/store.ts';
import { made } from '../../support/leases.ts';

const options = { singleFlight: true } as Parameters<typeof flightFor>[0];

/** A call that ends when the test says so, counting how often it was made. */
function heldCall() {
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  const call = () => {
    counted.count++;
    return promise;
  };
  const counted = Object.assign(call, { count: 0, resolve, reject });
  return counted;
}

test('callers meanwhile share the one call, and only the first has led it', async () => {
  const [flight, call] = [new Flight<string>(), heldCall()];
  const joined = [1, 2, 3].map(() => flight.join('k', call));
  call.resolve('value');
  assert.deepEqual(await Promise.all(joined), [
    { result: 'value', led: true },
    { result: 'value', led: false },
    { result: 'value', led: false },
  ]);
  assert.equal(call.count, 1);
});

test('keys fly apart', async () => {
  const flight = new Flight<string>();
  const [one, other] = [flight.join('a', async () => 'a'), flight.join('b', async () => 'b')];
  assert.deepEqual([(await one).result, (await other).result], ['a', 'b']);
});

test('the call goes on when its first caller leaves, and the others get its result', async () => {
  const [flight, call, leaver] = [new Flight<string>(), heldCall(), new AbortController()];
  const first = flight.join('k', call, leaver.signal);
  const second = flight.join('k', call);
  const reason = new Error('left');
  leaver.abort(reason);
  await assert.rejects(first, reason);
  assert.ok(flight.has('k'));
  call.resolve('value');
  assert.deepEqual(await second, { result: 'value', led: false });
});

test('a caller whose signal is aborted already gets the reason, and yet the call is made', async () => {
  const [flight, call] = [new Flight<string>(), heldCall()];
  await assert.rejects(flight.join('k', call, AbortSignal.abort('gone')), (reason) => reason === 'gone');
  assert.ok(flight.has('k'));
  call.reject(new Error('nobody listens, and nobody is harmed'));
  await assert.rejects(flight.join('k', call));
});

test('a failure is shared, and the next caller tries again', async () => {
  const [flight, failing] = [new Flight<string>(), heldCall()];
  const joined = [flight.join('k', failing), flight.join('k', failing)];
  const error = new Error('failed');
  failing.reject(error);
  for (const outcome of await Promise.allSettled(joined))
    assert.deepEqual(outcome, { status: 'rejected', reason: error });
  assert.ok(!flight.has('k'));
  assert.deepEqual(await flight.join('k', async () => 'again'), { result: 'again', led: true });
  assert.equal(failing.count, 1);
});

test('a caller leaves no listener on a signal that outlives it', async () => {
  const [flight, signal] = [new Flight<string>(), new AbortController().signal];
  let listeners = 0;
  signal.addEventListener = () => void listeners++;
  signal.removeEventListener = () => void listeners--;
  await flight.join('k', async () => 'value', signal);
  await Promise.resolve();
  assert.equal(listeners, 0);
});

test('with single-flight off every caller makes its own call', async () => {
  const flight = flightFor<string>({ ...options, singleFlight: false });
  const call = heldCall();
  const joined = [flight.join('k', call), flight.join('k', call)];
  call.resolve('value');
  assert.deepEqual(
    (await Promise.all(joined)).map(({ led }) => led),
    [true, true],
  );
  assert.equal(call.count, 2);
});

test('only the leader has recomputed: whoever joined it has waited', () => {
  const entry = unstoredEntry(made(1));
  const seen = (served: 'recomputed' | 'early' | 'stale' | 'waited', led: boolean) =>
    collapsed({ result: { entry, served }, led }).served;
  assert.deepEqual([seen('recomputed', true), seen('recomputed', false)], ['recomputed', 'waited']);
  assert.deepEqual([seen('early', true), seen('early', false)], ['early', 'waited']);
  assert.deepEqual([seen('stale', false), seen('waited', true)], ['stale', 'waited']);
});
