import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { faultsNamed } from '../../../faults/index.ts';
import { allowedIn, isTouched } from '../../../faults/support/lookups.ts';
import { evidenceFrom, type Recording } from '../../../judge/evidence.ts';
import { all, nobodyAfter, takenOverAfter, writeLost } from '../../support/spoiled.ts';
import { found, told } from '../../support/told-run.ts';

const PAIR = 'kill-holder+redis-stall';
const SLOW_PAIR = 'kill-holder+redis-slow';

/** The quiet run, told as if the holder had been killed, and a second fault had lasted around that. */
function toldOfTwo(spoil: Parameters<typeof told>[1], second: string | undefined, pair = PAIR): Recording {
  const one = told('kill-holder', spoil);
  const facts = { ...one.facts, settings: { ...one.facts.settings, fault: pair } };
  const aroundMs = { planned: -3, injected: -2, noted: 0, healed: 10 };
  const others = one.events.flatMap((event) =>
    second !== undefined && event.event === 'fault'
      ? [{ ...event, fault: second, at: event.at + aroundMs[event.phase], victim: 'redis' }]
      : [],
  );
  return { ...one, facts, events: [...one.events, ...others], faults: faultsNamed(pair) ?? [] };
}

describe('two faults in one run', () => {
  const alone = all(writeLost, nobodyAfter);
  const over = all(alone, takenOverAfter(900));

  it('are each judged by their own evidence, and named', () => {
    const detail = found(toldOfTwo(over, 'redis-stall'))?.detail ?? '';
    assert.match(detail, /^kill-holder: .+; redis-stall: missed: nobody had to do without Redis$/);
  });

  it('are unknown if one of them missed, whatever the other did', () => {
    assert.equal(found(told('kill-holder', over))?.verdict, 'pass');
    assert.equal(found(toldOfTwo(over, 'redis-stall'))?.verdict, 'unknown');
    const never = found(toldOfTwo(over, undefined));
    assert.equal(never?.verdict, 'unknown');
    assert.match(never.detail, /redis-stall: the fault was never injected$/);
  });

  it('fail if one of them was not answered, whatever the other did', () => {
    assert.equal(found(told('kill-holder', alone))?.verdict, 'fail');
    assert.equal(found(toldOfTwo(alone, 'redis-stall'))?.verdict, 'fail');
  });

  it('may cost what both may, each only while it lasts', () => {
    const [one, two] = [told('kill-holder', over), toldOfTwo(over, 'redis-stall')].map(evidenceFrom);
    assert.ok(one && two);
    assert.equal(one.struck.length, 1);
    assert.equal(two.struck.length, 2);
    const own = two.struck.map(({ tolerance }) => tolerance.extraWaitMs);
    assert.equal(
      allowedIn(two).extraWaitMs,
      own.reduce((sum, ms) => sum + ms),
    );
    assert.ok(allowedIn(two).extraWaitMs > allowedIn(one).extraWaitMs);
    assert.deepEqual(
      two.cycles.map((cycle) => isTouched(two, cycle)),
      one.cycles.map((cycle) => isTouched(one, cycle)),
    );
  });

  it('let one cost a recompute that the other does not', () => {
    const hits = (recording: Recording): Recording => ({
      ...recording,
      arrivals: [...recording.arrivals].map((arrival) =>
        arrival.served === 'hit' ? { ...arrival, tookMs: 60 } : arrival,
      ),
    });
    const again = (recording: Recording, of: number): Recording => ({
      ...recording,
      ledger: recording.ledger.flatMap((line) =>
        line.event === 'begin' && line.version === of
          ? [line, { ...line, id: line.id + 1000, version: of + 1000 }]
          : [line],
      ),
    });
    const killed = hits(toldOfTwo(over, 'redis-slow', SLOW_PAIR));
    const twice = again(killed, 2);
    assert.equal(found(twice)?.verdict, 'pass', found(twice)?.detail);
    assert.match(found(twice)?.detail ?? '', /redis-slow: .* at most 2 recompute/);
    assert.equal(found(again(again(killed, 2), 1002))?.verdict, 'fail');
  });
});
