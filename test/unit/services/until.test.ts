import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { NotInTime, until } from '../../../services/shared/until.ts';

const SOON = { withinMs: 5000, everyMs: 1 };

describe('until', () => {
  it('gives the first thing that it finds, and looks no more', async () => {
    let looks = 0;
    const third = () => (++looks < 3 ? undefined : looks);
    assert.equal(await until('the third look', third, SOON), 3);
    assert.equal(looks, 3);
  });

  it('takes zero and the empty string for something', async () => {
    assert.equal(await until('a number', () => 0, SOON), 0);
    assert.equal(await until('a text', async () => '', SOON), '');
  });

  it('looks once even where there is no time, and says what did not happen', async () => {
    let looks = 0;
    const never = () => ++looks < 0;
    await assert.rejects(until('godot', never, { withinMs: 0, everyMs: 1 }), (error) => {
      assert.ok(error instanceof NotInTime);
      assert.match(error.message, /^godot did not happen within 0 ms$/);
      return true;
    });
    assert.equal(looks, 1);
  });

  it('ends with what the look throws', () =>
    assert.rejects(
      until('an error', () => assert.fail('broken'), SOON),
      /broken/,
    ));

  it('ends with the reason of its signal, even between two looks', async () => {
    const stop = new AbortController();
    const waiting = until('nothing', () => false, { withinMs: 60_000, everyMs: 60_000, signal: stop.signal });
    stop.abort(new Error('interrupted'));
    await assert.rejects(waiting, /interrupted/);
  });
});
