import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import { labFolder, processesIn, runLab } from '../../support/lab.ts';
import { firstToTell, latestRecord, wantingIn } from '../../support/wanting.ts';

/** A hundred requests a second, all of which one small origin may have to answer. */
const LOAD = ['REPLICAS=2', 'RATE=100'];
/** The run of a collapse ends by itself, long before the 10 expiries that were asked for. */
const ENDS_WITHIN_MS = 90_000;

/** Runs the herd, and gives its record. */
async function herd(t: TestContext, ...typed: string[]) {
  const folder = labFolder();
  t.after(() => folder.remove());
  return firstToTell(async () => {
    const { out, err } = await runLab(folder.path, ['herd', ...LOAD, ...typed]);
    assert.match(out, /^verdict: /m, err);
    assert.deepEqual(processesIn(folder.path), []);
    return latestRecord(folder.path);
  });
}

describe('an origin that runs a few recomputes at once', () => {
  it('keeps the herd of none waiting in its queue, within the bound that knows the queue', async (t) => {
    const typed = ['STRATEGY=none', 'TTL=1500ms', 'RECOMPUTE=200ms', 'ORIGIN_CAPACITY=4', 'EXPIRIES=3'];
    const record = await herd(t, ...typed);
    assert.deepEqual(wantingIn(record), []);
    assert.equal(record.origin.maxConcurrent, 4);
    // 20 recomputes, four at a time: the last of them ends a second after the expiry began.
    assert.ok((record.latencyMs.acrossExpiry?.max ?? 0) >= 800, `${record.latencyMs.acrossExpiry?.max}`);
  });

  it('collapses under none where more join the queue than leave it, and the run ends by itself', async (t) => {
    const startedAt = performance.now();
    const record = await herd(t, 'STRATEGY=none', 'TTL=100ms', 'RECOMPUTE=1s', 'ORIGIN_CAPACITY=5');
    assert.ok(performance.now() - startedAt < ENDS_WITHIN_MS);
    assert.equal(record.verdict, 'fail');
    const accounting = record.checks.find(({ name }) => name === 'every request accounted for');
    assert.equal(accounting?.verdict, 'fail');
    assert.match(
      accounting?.detail ?? '',
      /more join its queue than leave it: λ\(δ − TTL\) = 90, over 2·5 − 1/,
    );
    assert.ok(record.requests.ok < record.requests.scheduled / 2, `${record.requests.ok} answered`);
  });

  it('is no matter to lock under the same load', async (t) => {
    const typed = ['STRATEGY=lock', 'TTL=100ms', 'RECOMPUTE=1s', 'ORIGIN_CAPACITY=5', 'EXPIRIES=3'];
    const record = await herd(t, ...typed);
    assert.deepEqual(wantingIn(record), []);
    assert.equal(record.origin.maxConcurrent, 1);
  });
});
