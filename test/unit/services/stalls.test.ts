import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { LongestStalls } from '../../../load/longest-stalls.ts';
import type { Stalled } from '../../../record/facts.ts';
import { runEventSchema } from '../../../record/line-schemas.ts';
import { MOST_STALLS } from '../../../record/run.ts';
import { watchStalls } from '../../../services/shared/stalls.ts';
import { wallTimeMs } from '../../../services/shared/wall-time.ts';
import { within } from '../../support/within.ts';

const STALLS = fileURLToPath(new URL('../../../services/shared/stalls.ts', import.meta.url));
const WATCHING = `
  import { watchStalls } from ${JSON.stringify(STALLS)};
  setInterval(() => {}, 1000);
  watchStalls((stall) => console.log(JSON.stringify(stall)));
  console.log('watching');
`;

/** Keeps the event loop from coming round. */
const block = (ms: number) => Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);

describe('the watch for stalls', () => {
  it('tells when a blocked event loop comes round again, and for how long it did not', async () => {
    const { promise, resolve } = Promise.withResolvers<Stalled>();
    const end = watchStalls((stall) => {
      if (stall.forMs >= 100) resolve(stall);
    });
    const keepAlive = setInterval(() => {}, 1000);
    const before = wallTimeMs();
    block(120);
    const { at, forMs } = await within(3000, 'the stall', promise);
    clearInterval(keepAlive);
    end();
    assert.ok(forMs >= 119, `${forMs}`);
    assert.ok(at >= before + 119, `${at - before}`);
    assert.ok(at - forMs <= before + 20, 'it began before the block, or as it began');
  });

  it('tells of a process that was frozen', async (t) => {
    const child: ChildProcess = spawn(process.execPath, ['--input-type=module', '-e', WATCHING], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    t.after(() => child.kill('SIGKILL'));
    assert.ok(child.stdout);
    const lines = createInterface(child.stdout);
    await within(5000, 'the watch', once(lines, 'line'));
    const { promise, resolve } = Promise.withResolvers<Stalled>();
    lines.on('line', (line) => {
      const stall = JSON.parse(line) as Stalled;
      if (stall.forMs >= 290) resolve(stall);
    });
    child.kill('SIGSTOP');
    // The time of the freeze, not a wait for something to happen.
    block(300);
    child.kill('SIGCONT');
    const { forMs } = await within(3000, 'the stall', promise);
    assert.ok(forMs >= 290, `${forMs}`);
  });

  it('says nothing once it has ended', () => {
    const end = watchStalls(() => assert.fail('it is over'));
    end();
    block(60);
  });
});

describe('the stalls that the herd records', () => {
  it('are the longest, in their order, and no more than a run’s folder holds', () => {
    const stalls = new LongestStalls();
    for (let at = 1; at <= 5 * MOST_STALLS; at++) stalls.add({ at, forMs: at % 5 === 0 ? 100 : 30 });
    const kept = stalls.inOrder();
    assert.equal(kept.length, MOST_STALLS);
    assert.ok(kept.every(({ forMs }) => forMs === 100));
    assert.deepEqual(
      kept.map(({ at }) => at).toSorted((a, b) => a - b),
      kept.map(({ at }) => at),
    );
  });
});

describe('a stall in a journal', () => {
  it('has a length, which is not negative', () => {
    const line = { event: 'stalled', at: 1_795_000_000_000, by: 'app-1', forMs: 31.5 };
    assert.ok(runEventSchema.safeParse(line).success);
    assert.ok(!runEventSchema.safeParse({ ...line, forMs: -1 }).success);
    assert.ok(!runEventSchema.safeParse({ ...line, forMs: undefined }).success);
  });
});
