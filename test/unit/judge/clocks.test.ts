import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { clocksFrom } from '../../../judge/clocks.ts';
import { evidenceFrom } from '../../../judge/evidence.ts';
import { findingsOf } from '../../../judge/verdict.ts';
import type { ClockSample } from '../../../record/clock-samples.ts';
import { type RecordedRun, recordedRun } from '../../support/recorded-run.ts';

/** A round of samples: by how much each clock is ahead of the lab's. */
const round = (at: number, ahead: Readonly<Record<string, number>>, errorMs = 0.5): ClockSample[] =>
  Object.entries(ahead).map(([of, aheadMs], index) => ({
    ...{ at: at + index, by: 'lab', event: 'clock', of, aheadMs, errorMs },
  }));

describe("a run's clocks", () => {
  it('are converted by the samples next to each moment', () => {
    const clocks = clocksFrom([
      ...round(10_000, { store: 20, herd: 5, origin: 0 }),
      ...round(20_000, { store: 22, herd: 5, origin: 0 }),
    ]);
    assert.equal(clocks.wallOf(11_000), 10_985);
    assert.equal(clocks.wallOf(19_000), 18_983);
    assert.equal(clocks.wallOf(0), -15);
    assert.equal(clocks.wallOf(90_000), 89_983);
    assert.equal(clocks.storeOf(11_000), 11_020);
    assert.equal(clocks.storeOf(19_000), 19_022);
  });

  it('are off by the errors of both readings, or by a jump between two samples', () => {
    const calm = { store: 20, herd: 5, origin: 0 };
    assert.equal(clocksFrom([...round(1, calm), ...round(2, calm)]).errorMs, 1);
    assert.equal(clocksFrom([...round(1, calm), ...round(2, { ...calm, store: 27 })]).errorMs, 7);
  });

  it('are not judged by a sample that was taken on a busy machine, while the next one is good', () => {
    const busy = round(1, { store: 27, herd: 5, origin: 0 }, 10);
    const clocks = clocksFrom([...busy, ...round(10_000, { store: 20, herd: 5, origin: 0 })]);
    assert.equal(clocks.errorMs, 1);
    assert.equal(clocks.wallOf(1), -14);
    const apart = round(1, { store: 50, herd: 5, origin: 0 }, 10);
    assert.equal(clocksFrom([...apart, ...round(10_000, { store: 20, herd: 5, origin: 0 })]).errorMs, 30);
  });

  it('cannot be compared without samples, or after a long jump', () => {
    const calm = { store: 20, herd: 5, origin: 0 };
    assert.equal(clocksFrom([]).errorMs, undefined);
    assert.equal(clocksFrom(round(1, { store: 20, herd: 5 })).errorMs, undefined);
    assert.equal(
      clocksFrom([...round(1, calm), ...round(2, { ...calm, store: 3_600_000 })]).errorMs,
      undefined,
    );
  });
});

describe('a check that compares clocks', () => {
  const CHECKS = ['staleness bound', 'woken, not polling'];

  it('does not know in a run without samples, and judges the same by a store that is an hour ahead', async () => {
    const good = await recordedRun('lock-run');
    const found = (recording: RecordedRun) =>
      Object.fromEntries(
        findingsOf(evidenceFrom(recording)).flatMap(({ name, verdict }) =>
          CHECKS.includes(name) ? [[name, verdict]] : [],
        ),
      );
    const expected = found(good);
    assert.equal(expected['staleness bound'], 'pass');
    const bare = { ...good, events: good.events.filter(({ event }) => event !== 'clock') };
    assert.ok(Object.values(found(bare)).every((verdict) => verdict === 'unknown'));
    const HOUR_MS = 3_600_000;
    const ahead = {
      ...good,
      ledger: good.ledger.map((line) =>
        line.event === 'begin' && line.seenAt ? { ...line, seenAt: line.seenAt + HOUR_MS } : line,
      ),
      events: good.events.map((event) => {
        if (event.event === 'clock' && event.of === 'store')
          return { ...event, aheadMs: event.aheadMs + HOUR_MS };
        return 'storeAt' in event && event.storeAt ? { ...event, storeAt: event.storeAt + HOUR_MS } : event;
      }),
    } as RecordedRun;
    assert.deepEqual(found(ahead), expected);
    assert.deepEqual(
      evidenceFrom(ahead).judged.map(({ recomputes }) => recomputes.length),
      evidenceFrom(good).judged.map(({ recomputes }) => recomputes.length),
    );
  });
});
