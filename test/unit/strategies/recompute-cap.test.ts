import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setImmediate as turn } from 'node:timers/promises';
import { Overloaded } from '../../../strategies/contract/errors.ts';
import { RecomputeCap } from '../../../strategies/shared/recompute-cap.ts';
import { HandClock } from '../../support/hand-clock.ts';
import { made } from '../../support/leases.ts';

const PATIENCE_MS = 1000;

/** A guarded origin whose recomputes end when the test says so. */
function capped(recomputeCap: number) {
  const clock = new HandClock();
  const cap = new RecomputeCap(clock, { recomputeCap, patienceMs: PATIENCE_MS });
  const running: { readonly key: string; end(): void; fail(): void }[] = [];
  const origin = cap.guard<string>({
    recompute(key) {
      const { promise, resolve, reject } = Promise.withResolvers<ReturnType<typeof made>>();
      const call = {
        key,
        end: () => end(() => resolve(made(1))),
        fail: () => end(() => reject(new Error('failed'))),
      };
      const end = (settle: () => void) => {
        running.splice(running.indexOf(call), 1);
        settle();
      };
      running.push(call);
      return promise;
    },
  });
  const ask = (key: string, signal?: AbortSignal) => {
    const answer = origin.recompute(key, signal ? { signal } : {});
    answer.catch(() => {});
    return answer;
  };
  const keys = async () => {
    await turn();
    return running.map(({ key }) => key);
  };
  const end = (key: string) => running.find((call) => call.key === key)?.end();
  return { clock, cap, ask, keys, end, running };
}

test('so many keys are recomputed at once, and the others wait in their order', async () => {
  const { ask, keys, end } = capped(2);
  for (const key of ['a', 'b', 'c', 'd']) ask(key);
  assert.deepEqual(await keys(), ['a', 'b']);
  end('a');
  assert.deepEqual(await keys(), ['b', 'c']);
  end('c');
  assert.deepEqual(await keys(), ['b', 'd']);
});

test('several calls for one key count once: a herd stays a herd', async () => {
  const { ask, keys, end } = capped(2);
  for (const key of ['a', 'a', 'a', 'b', 'c', 'c', 'a']) ask(key);
  assert.deepEqual(await keys(), ['a', 'a', 'a', 'b', 'a']);
  end('b');
  assert.deepEqual(await keys(), ['a', 'a', 'a', 'a', 'c', 'c']);
});

test('a failure makes room, too', async () => {
  const { ask, keys, running } = capped(1);
  ask('a');
  ask('b');
  await keys();
  running[0]?.fail();
  assert.deepEqual(await keys(), ['b']);
});

test('nobody waits for room longer than the patience, and one that leaves takes none', async () => {
  const { clock, ask, keys, end } = capped(1);
  ask('a');
  const leaver = new AbortController();
  const left = ask('b', leaver.signal);
  const impatient = ask('c');
  leaver.abort(new Error('left'));
  await assert.rejects(left, /left/);
  await clock.advance(PATIENCE_MS);
  await assert.rejects(impatient, Overloaded);
  end('a');
  assert.deepEqual(await keys(), []);
  assert.equal(clock.timers, 0);
});

test('who does not want to wait is refused at once', async () => {
  const { cap, ask, keys } = capped(1);
  ask('a');
  await assert.rejects(
    cap.now('b', async () => 1),
    Overloaded,
  );
  assert.equal(await cap.now('a', async () => 2), 2);
  assert.deepEqual(await keys(), ['a']);
});

test('after an outage the cap starts low, and each success raises it by one, up to the cap', async () => {
  const { cap, ask, keys, end, running } = capped(6);
  cap.noteOutage();
  for (let index = 0; index < 12; index++) ask(`k${index}`);
  assert.equal((await keys()).length, 4);
  end('k0');
  assert.equal((await keys()).length, 5);
  running[0]?.fail();
  assert.equal((await keys()).length, 5, 'a failure raises nothing');
  end('k2');
  assert.equal((await keys()).length, 6);
  end('k3');
  assert.equal((await keys()).length, 6);
});
