import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { mayBeDelayed } from '../../../faults/support/lookups.ts';
import { evidenceFrom, type Recording } from '../../../judge/evidence.ts';
import { findingsOf } from '../../../judge/verdict.ts';
import { under } from '../../support/odd-recompute.ts';
import { recordedRun } from '../../support/recorded-run.ts';
import { type Served, type Spoiled, servedRun, windowsFrom } from '../../support/served-run.ts';

const [first = 0, , , fourth = 0] = windowsFrom;
const { leaseMs, recomputeMs } = servedRun().facts.settings;

const found = (recording: Recording, check: string) =>
  findingsOf(evidenceFrom(recording)).find(({ name }) => name === check);

/** A holder is killed in the first recompute after the warm-up, and is back 300 ms later. */
const killed = (spoil?: (request: Served) => Spoiled | undefined) =>
  under('kill-holder', first + 5, servedRun(spoil), { victim: 'app-1', forMs: 300 });

/** Holds every request that comes within these times. */
const heldFrom =
  (from: number, forMs: number, change: Spoiled) =>
  ({ sentAt }: Served) =>
    sentAt >= from && sentAt < from + forMs ? change : undefined;

const verdicts = (recording: Recording) => [
  found(recording, 'bounded waits')?.verdict,
  found(recording, 'labels agree with the clock')?.verdict,
];

describe('a wait under a fault', () => {
  it('is excused while the fault lasts, or what it delayed is made up for', () => {
    assert.deepEqual(verdicts(killed()), ['pass', 'pass']);
    assert.deepEqual(verdicts(killed(heldFrom(first, recomputeMs, { heldMs: 150 }))), ['pass', 'pass']);
    const waited = killed(heldFrom(first, recomputeMs, { heldMs: 150, served: 'waited' }));
    assert.deepEqual(verdicts(waited), ['pass', 'pass']);
  });

  it('is none of its doing in later expiries', () => {
    const later =
      (change: Spoiled) =>
      ({ sentAt, window }: Served) =>
        window !== undefined && sentAt > first + 3000 ? change : undefined;
    assert.deepEqual(verdicts(killed(later({ heldMs: 150 }))), ['fail', 'fail']);
    assert.deepEqual(verdicts(killed(later({ heldMs: 150, served: 'waited' }))), ['fail', 'fail']);
  });

  it('may be longer than the bound only while it lasts', () => {
    const bound = leaseMs + 2 * recomputeMs + 500;
    const long = (from: number) => killed(heldFrom(from, 20, { heldMs: bound + leaseMs / 2 }));
    assert.equal(found(long(first + 50), 'bounded waits')?.verdict, 'pass');
    assert.match(
      found(long(first + 50), 'bounded waits')?.detail ?? '',
      new RegExp(
        `longest 1 ms; bound ${bound} ms; under the fault longest \\d+ ms; bound ${bound + leaseMs} ms`,
      ),
    );
    assert.equal(found(long(fourth - 1000), 'bounded waits')?.verdict, 'fail');
  });

  it('is left out if the fault lasts for the whole run', () => {
    const lasting = under('slow-origin', 1, servedRun(), { victim: 'origin', forMs: fourth * 2 });
    assert.deepEqual(verdicts(lasting), ['pass', undefined]);
    assert.match(found(lasting, 'bounded waits')?.detail ?? '', /^under the fault longest 1 ms/);
  });

  it('counts from the plan on, by any part of the request', () => {
    const isDelayed = mayBeDelayed(evidenceFrom(killed()));
    assert.equal(isDelayed(first - 900, first), false);
    assert.equal(isDelayed(first - 900, first + 10), true);
    assert.equal(isDelayed(first + 310 + leaseMs, first + 9000), true);
    assert.equal(isDelayed(first + 2000 + leaseMs, first + 9000), false);
  });
});

describe('a stale value under a fault', () => {
  const CHECK = 'staleness bound';

  it('is excused until the first value after it, and no longer', async () => {
    const good = await recordedRun('lock-run');
    const { cycles, commits } = evidenceFrom(good);
    const [, struck] = cycles;
    const last = good.arrivals.findLast(({ served }) => served === 'hit');
    assert.ok(struck?.filledWallMs && last?.sentAt);
    const old = commits[0]?.version ?? 0;
    const staleAt = (sentAfter: number): Recording => {
      const at = good.arrivals.findIndex(({ sentAt = 0, served }) => served === 'hit' && sentAt >= sentAfter);
      const arrivals = good.arrivals.map((arrival, index) =>
        index === at ? { ...arrival, version: old } : arrival,
      );
      return under('origin-errors', struck.beganWallMs + 5, { ...good, arrivals });
    };
    assert.equal(found(staleAt(struck.filledWallMs + 100), CHECK)?.verdict, 'pass');
    assert.equal(found(staleAt(last.sentAt), CHECK)?.verdict, 'fail');
  });
});
