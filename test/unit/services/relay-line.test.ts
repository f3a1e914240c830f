import assert from 'node:assert/strict';
import type { Socket } from 'node:net';
import { afterEach, beforeEach, describe, it, mock } from 'node:test';
import { Line } from '../../../services/relay/line.ts';

describe('a line with a delay', () => {
  let nowMs: number;
  let arrived: string[];
  let line: Line;
  let drawn: number[];

  beforeEach(() => {
    mock.timers.enable({ apis: ['setTimeout'] });
    nowMs = 1000;
    arrived = [];
    const to: Pick<Socket, 'write' | 'end'> = {
      write: (bytes: unknown) => arrived.push(`${bytes}`) > 0,
      end() {
        arrived.push('end');
        return this as Socket;
      },
    };
    drawn = [];
    line = new Line(to as Socket, by(60_000), { now: () => nowMs, random: () => drawn.shift() ?? 0.5 });
  });

  afterEach(() => mock.timers.reset());

  const by = (ms: number, jitterMs = 0) => ({ ms, jitterMs });
  const send = (text: string) => line.pass(Buffer.from(text));
  const pass = (ms: number) => {
    nowMs += ms;
    mock.timers.tick(ms);
  };

  it('sends at once what is late already when there is no delay any more, and in order', () => {
    send('1');
    pass(10);
    send('2');
    line.delay = by(0);
    send('3');
    line.end();
    assert.deepEqual(arrived, ['1', '2', '3', 'end']);
  });

  it('sends what is late already within a shorter delay', () => {
    send('1');
    line.delay = by(50);
    send('2');
    pass(49);
    assert.deepEqual(arrived, []);
    pass(1);
    assert.deepEqual(arrived, ['1', '2']);
  });

  it('makes what is late already no later by a longer delay', () => {
    line.delay = by(50);
    send('1');
    line.delay = by(60_000);
    send('2');
    pass(50);
    assert.deepEqual(arrived, ['1']);
    pass(60_000);
    assert.deepEqual(arrived, ['1', '2']);
  });

  it('varies the delay by its jitter, and keeps the order', () => {
    line.delay = by(50, 40);
    drawn = [0.75, 0];
    send('1');
    send('2');
    pass(69);
    // The second was drawn 10 ms, and waits for the first.
    assert.deepEqual(arrived, []);
    pass(1);
    assert.deepEqual(arrived, ['1', '2']);
    send('3');
    pass(50);
    assert.deepEqual(arrived, ['1', '2', '3']);
  });

  it('never sends before it has the bytes, however large the jitter', () => {
    line.delay = by(10, 50);
    drawn = [0];
    send('1');
    pass(0);
    assert.deepEqual(arrived, ['1']);
  });
});
