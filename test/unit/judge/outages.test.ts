import { describe, it } from 'node:test';
import type { Point } from '../../../record/fault-events.ts';
import type { RecordedRun } from '../../support/recorded-run.ts';
import {
  all,
  type Spoil,
  stepLater,
  withBeginnings,
  writeDecided,
  writeLost,
} from '../../support/spoiled.ts';
import { assertFound as as, told } from '../../support/told-run.ts';

/** In the ledger, the expiry that the fault befell, and the one after it. */
const [HIT, NEXT] = [1, 2];
/** The lab notes the heal long after the members are back. */
const notedLate = stepLater('healed', 60_000);

interface Outage {
  readonly spoil?: Spoil;
  readonly at?: Point | null;
  /** How many recomputes began with a store before the first fill afterwards. */
  readonly herd?: number;
  /** What the first of them replaced; 0: the store was empty. */
  readonly replaces?: number;
}

/** The quiet run, told as if Redis had been gone in its second expiry, and a replica had recomputed without it. */
function outage(
  fault: string,
  { spoil = writeLost, at = null, herd = 1, replaces = 0 }: Outage,
): RecordedRun {
  const recording = told(fault, all(spoil, notedLate), at);
  const recomputed = withBeginnings(recording, (line, index) => {
    const { seenAt, replaces: _, ...alone } = line;
    if (index === HIT) return [line, { ...alone, id: 800, version: 800, by: 'app-2', at: line.at + 50 }];
    if (index < NEXT) return [line];
    const one = { ...line, replaces: index === NEXT ? replaces : (line.replaces ?? 0) };
    const more = Array.from({ length: index === NEXT ? herd - 1 : 0 }, (_, extra) => ({
      ...one,
      ...{ id: 801 + extra, version: 801 + extra, by: 'app-1', at: line.at + 1, seenAt: (seenAt ?? 0) + 1 },
    }));
    return [one, ...more];
  });
  const arrivals = recording.arrivals.map((arrival, index) =>
    index % 50 === 0 ? { ...arrival, degraded: true } : arrival,
  );
  return { ...recomputed, arrivals };
}

const POINTS: readonly Point[] = ['granted', 'recomputing', 'committing', 'committed'];

describe('the judge of a Redis that is gone for a while', () => {
  for (const fault of ['redis-down', 'redis-stall']) {
    for (const at of POINTS)
      it(`${fault} at ${at}: passes one recompute at the first fill afterwards`, () =>
        as(outage(fault, { at }), 'pass'));

    it(`${fault}: fails a herd at the first fill afterwards, though the lab notes the heal later`, () =>
      as(outage(fault, { herd: 2 }), 'fail'));

    it(`${fault}: fails if nobody fills the key afterwards`, () => {
      const recording = outage(fault, {});
      const ledger = recording.ledger.filter(
        (line) => line.event !== 'begin' || line.id < 4 || line.id > 700,
      );
      as({ ...recording, ledger }, 'fail');
    });

    it(`${fault}: does not know if nobody had to do without Redis`, () =>
      as(told(fault, writeLost), 'unknown'));
  }

  it('lets a frozen Redis execute the holder’s write late, and an emptied one refuse it only', () => {
    const late = writeDecided('accepted', 100);
    as(outage('redis-stall', { at: 'committing', spoil: late }), 'pass');
    for (const at of POINTS) as(outage('redis-down', { at, spoil: late }), 'fail');
    as(outage('redis-down', { spoil: writeDecided('fenced', 100) }), 'pass');
  });
});

describe('the judge of a Redis that starts empty', () => {
  const refused = writeDecided('fenced', 100);

  it('passes if the fill under way was refused and one recompute filled the empty store', () =>
    as(outage('redis-restart', { spoil: refused }), 'pass'));

  it('fails if the fill under way was accepted, whether the next recompute replaces it or not', () => {
    const spoil = writeDecided('accepted', 100);
    as(outage('redis-restart', { spoil }), 'fail');
    as(outage('redis-restart', { spoil, replaces: 2 }), 'fail');
  });

  it('fails a herd at the cold start, though the lab notes the heal later', () =>
    as(outage('redis-restart', { spoil: refused, herd: 2 }), 'fail'));

  it('does not know if the late commit never arrived: then the fence was not tested', () =>
    as(outage('redis-restart', { spoil: writeLost }), 'unknown'));

  it('does not know if Redis had forgotten nothing', () =>
    as(outage('redis-restart', { spoil: refused, replaces: 2 }), 'unknown'));

  for (const at of ['granted', 'recomputing', 'committing'] satisfies Point[])
    it(`at ${at}: passes if nothing was accepted, and does not know if the holder had committed`, () => {
      as(outage('redis-restart', { at, spoil: at === 'recomputing' ? refused : writeLost }), 'pass');
      as(outage('redis-restart', { at, spoil: stepLater('injected', 300) }), 'unknown');
    });

  it('at committed: passes if one recompute makes up for the value that was lost with the store', () => {
    as(outage('redis-restart', { at: 'committed', spoil: stepLater('injected', 300) }), 'pass');
    as(outage('redis-restart', { at: 'committed', spoil: stepLater('injected', 300), herd: 2 }), 'fail');
  });
});
