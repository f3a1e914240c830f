import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { evidenceFrom } from '../../../judge/evidence.ts';
import { findingsOf } from '../../../judge/verdict.ts';
import { type Arrival, HUNG_UP } from '../../../record/arrival.ts';
import type { RunEvent } from '../../../record/facts.ts';
import { CORRUPTED, type FaultEvent } from '../../../record/fault-events.ts';
import type { LedgerLine, RecomputeEnding } from '../../../record/ledger.ts';
import { withRecompute } from '../../support/odd-recompute.ts';
import { inOrderOfEnding, type RecordedRun } from '../../support/recorded-run.ts';
import { type Spoil, stepLater, withBeginnings, writeDecided } from '../../support/spoiled.ts';
import { assertFound, found, noted, told } from '../../support/told-run.ts';

/** A request that failed, in the middle of the fault or so long after it began. */
const failed = (endedAt: number, more: Partial<Arrival> = {}): Arrival => ({
  ...{ dueAt: endedAt - 20, sentAt: endedAt - 20, endedAt, ending: 'error', to: 'app-1', ...more },
});

const withArrivals = (recording: RecordedRun, arrivals: readonly Arrival[]): RecordedRun => ({
  ...recording,
  arrivals: inOrderOfEnding(arrivals),
});

/** The begin of a version a second time. */
const again =
  (of: number) =>
  (line: LedgerLine & { readonly event: 'begin' }): LedgerLine[] =>
    line.version === of ? [line, { ...line, id: line.id + 1000, version: of + 1000 }] : [line];

const plannedAt = (recording: RecordedRun): number =>
  evidenceFrom(recording).struck[0]?.timeline.plannedWallMs ?? 0;

describe('the judge of a client that leaves', () => {
  const HALF_WAY_MS = 100;

  /** The quiet run, told as if the client had left half-way whose request began the second recompute, or one sent later. */
  function left(spoil: Spoil = (events) => events, laterMs = 0): RecordedRun {
    const recording = noted(
      'client-leaves',
      () => ({ 'client left': [HALF_WAY_MS, { version: 2 }] }),
      (events, fence) => spoil(stepLater('injected', HALF_WAY_MS)(events, fence), fence),
    );
    const timeline = evidenceFrom(recording).struck[0]?.timeline;
    assert.ok(timeline);
    const endedAt = timeline.injectedWallMs - 1;
    const arrivals = recording.arrivals.map((arrival) =>
      arrival.version === 2 && arrival.served === 'recomputed'
        ? {
            ...failed(endedAt, { to: timeline.victim, why: HUNG_UP }),
            sentAt: (arrival.sentAt ?? 0) + laterMs,
          }
        : arrival,
    );
    return withArrivals(recording, arrivals);
  }

  it('passes one recompute that goes on, and serves everyone else', () => {
    assertFound(left(), 'pass');
    const accounting = findingsOf(evidenceFrom(left())).find(
      ({ name }) => name === 'every request accounted for',
    );
    assert.equal(accounting?.verdict, 'pass', accounting?.detail);
  });

  it('does not know when nobody left, when another had begun it, or when nobody else waited there', () => {
    assertFound(told('client-leaves'), 'unknown');
    const another = left();
    const winner = told('client-leaves').arrivals.filter(
      ({ version, served }) => version === 2 && served === 'recomputed',
    );
    assertFound(withArrivals(another, [...another.arrivals, ...winner]), 'unknown');
    assertFound(
      left((events) => events, HALF_WAY_MS / 2),
      'unknown',
    );
    const alone = left();
    const others = alone.arrivals.filter(
      ({ version, served, by }) => !(version === 2 && served === 'waited' && by === 'app-1'),
    );
    assertFound(withArrivals(alone, others), 'unknown');
  });

  it('fails a recompute that ends with the client, is not stored, or is made again', () => {
    const recording = left();
    const aborted = recording.ledger.map((line) =>
      line.event === 'end' && line.id === 3 ? { ...line, ending: 'aborted' as const } : line,
    );
    assertFound({ ...recording, ledger: aborted }, 'fail');
    assertFound(left(writeDecided('fenced')), 'fail');
    assertFound(withBeginnings(recording, again(2)), 'fail');
  });

  it('fails when another request fails with it', () => {
    const recording = left();
    const other = failed(plannedAt(recording) + 50, { status: 500, why: '20' });
    assertFound(withArrivals(recording, [...recording.arrivals, other]), 'fail');
  });
});

describe('the judge of an origin that hangs', () => {
  /** The quiet run, told as if the origin had hung after its second fill; a call began, and the origin woke to find it. */
  function hung({
    calls = 1,
    callMs = 400 as number | null,
    late = 1,
    lateEnding = 'aborted' as RecomputeEnding,
  } = {}): RecordedRun {
    const recording = told('origin-hangs');
    const { commits, cycles } = evidenceFrom(recording);
    const [, second] = commits;
    assert.ok(second && cycles[2]);
    const injectedAt = second.atStoreMs + 10;
    const healedAt = cycles[2].beganStoreMs + 2;
    const whenOf = { planned: injectedAt - 1, injected: injectedAt, healed: healedAt };
    const moved = recording.events.map((event) =>
      event.event === 'fault'
        ? { ...event, at: whenOf[(event as FaultEvent).phase as keyof typeof whenOf] }
        : event,
    );
    const called = Array.from({ length: calls }, (_, index): RunEvent[] => {
      const call = { by: 'app-1', key: 'hot', op: 900 + index };
      const at = injectedAt + 100 + index;
      const begun: RunEvent = { ...call, event: 'recompute', at, replaces: 2 };
      const why = 'no answer';
      return callMs === null
        ? [begun]
        : [begun, { ...call, event: 'recompute-ended', at: at + callMs, outcome: 'unknown', why }];
    });
    const begunLate = Array.from({ length: late }, (_, index): LedgerLine[] => {
      const id = 900 + index;
      const seenAt = injectedAt + 100 + index;
      const begin = { key: 'hot', by: 'app-1', version: id, arrivedAt: healedAt, seenAt, replaces: 2 };
      return [
        { event: 'begin', id, at: healedAt, ...begin },
        { event: 'end', id, at: healedAt + 5, ending: lateEnding },
      ];
    });
    const [stale, ...rest] = recording.arrivals.filter(({ sentAt = 0 }) => sentAt > injectedAt);
    assert.ok(stale);
    const settings = { ...recording.facts.settings, originTimeoutMs: 400 };
    return {
      ...recording,
      facts: { ...recording.facts, settings },
      events: [...moved, ...called.flat()],
      ledger: [...recording.ledger, ...begunLate.flat()],
      arrivals: [{ ...stale, served: 'stale' }, ...rest],
    };
  }

  it('passes calls that end at their time-out, and one recompute when it is back', () => {
    assertFound(hung(), 'pass');
    assert.match(found(hung())?.detail ?? '', /1 begun for askers who had left/);
    assertFound(hung({ late: 0 }), 'pass');
  });

  it('fails a call that outlasts its time-out, or never ends', () => {
    assertFound(hung({ callMs: 850 }), 'fail');
    assertFound(hung({ callMs: null }), 'fail');
  });

  it('fails a second recompute when it is back, and more late ones than there were calls', () => {
    assertFound(hung({ lateEnding: 'ok' }), 'fail');
    assertFound(hung({ late: 2 }), 'fail');
  });

  it('fails more calls than the back-off allows', () => assertFound(hung({ calls: 5 }), 'fail'));

  it('does not know when nobody called', () => assertFound(hung({ calls: 0, late: 0 }), 'unknown'));
});

describe('the judge of a value that cannot be read', () => {
  const KINDS = ['broken JSON', 'no version', 'another type'];

  const corruptedAt = (storeAt: number, as = 'broken JSON'): FaultEvent => ({
    ...{ at: storeAt, by: 'lab', event: 'fault', fault: 'corrupt-value', phase: 'noted' },
    ...{ victim: '{hot}:entry', what: CORRUPTED, details: { as, storeAt } },
  });

  /** The quiet run, told as if the values of these versions had been spoiled just after they were stored. */
  function spoiled(versions: readonly number[] = [2, 3, 4], spoil: Spoil = (events) => events): RecordedRun {
    const storedAt = new Map(evidenceFrom(told('corrupt-value')).commits.map((one) => [one.version, one]));
    const notes = versions.map((version, index) =>
      corruptedAt((storedAt.get(version)?.atStoreMs ?? 0) + 10, KINDS[index]),
    );
    return told('corrupt-value', (events, fence) => spoil([...events, ...notes], fence));
  }

  it('passes when one recompute replaces it each time', () => assertFound(spoiled(), 'pass'));

  it('fails when requests fail, when two recomputes replace it, and when nobody does', () => {
    const recording = spoiled();
    const error = failed(plannedAt(recording) + 50, { status: 500 });
    assertFound(withArrivals(recording, [...recording.arrivals, error]), 'fail');
    assertFound(withBeginnings(recording, again(4)), 'fail');
    const unfilled = spoiled([2, 3, 4], (events) =>
      events.filter((event) => !('version' in event && event.version >= 5)),
    );
    assertFound(unfilled, 'fail');
  });

  it('does not know when it was not spoiled each time, or when nobody looked at it', () => {
    assertFound(spoiled([2, 3]), 'unknown');
    assertFound(spoiled([2, 3, 6]), 'unknown');
  });

  it('gives an early recompute a cause, and without the corruption it has none', () => {
    const quiet = evidenceFrom(told('corrupt-value'));
    const halfWay = (quiet.commits[1]?.atStoreMs ?? 0) + quiet.settings.ttlMs / 2;
    const due = (...events: RunEvent[]) =>
      findingsOf(evidenceFrom(withRecompute(halfWay, { seenAt: halfWay, replaces: 2 }, events))).find(
        ({ name }) => name === 'recomputed only when due',
      )?.verdict;
    assert.equal(due(), 'fail');
    assert.equal(due(corruptedAt(halfWay + 10)), 'fail');
    assert.equal(due(corruptedAt(halfWay - 10)), 'pass');
  });
});
