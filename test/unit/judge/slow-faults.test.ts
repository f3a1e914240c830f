import { describe, it } from 'node:test';
import type { Arrival } from '../../../record/arrival.ts';
import type { RecordedRun } from '../../support/recorded-run.ts';
import { stepLater, withBeginnings } from '../../support/spoiled.ts';
import { assertFound as as, told } from '../../support/told-run.ts';

/** In the ledger, the expiry that the fault befell. */
const HIT = 1;

/** The quiet run, told as if the fault had lasted for two expiries and a half, with these arrivals. */
function slowed(fault: string, change: (arrival: Arrival) => Partial<Arrival>): RecordedRun {
  const recording = told(fault, stepLater('healed', 3000));
  const arrivals = recording.arrivals.map((arrival) => ({ ...arrival, ...change(arrival) }));
  return { ...recording, arrivals };
}

describe('the judge of a slow Redis', () => {
  const fault = 'redis-slow';
  const late = ({ served }: Arrival): Partial<Arrival> => (served === 'hit' ? { tookMs: 60 } : {});

  it('passes hits that took longer, with one recompute per expiry', () => as(slowed(fault, late), 'pass'));

  it('fails an answer without Redis', () => {
    const degraded = (arrival: Arrival) => ({ ...late(arrival), degraded: arrival.served === 'waited' });
    as(slowed(fault, degraded), 'fail');
    as(
      slowed(fault, () => ({ degraded: true, served: 'recomputed' })),
      'fail',
    );
  });

  it('fails a second recompute of an expiry', () => {
    const again = withBeginnings(slowed(fault, late), (line, index) =>
      index === HIT ? [line, { ...line, id: 900, version: 900, by: 'app-2' }] : [line],
    );
    as(again, 'fail');
  });

  it('does not know if no hit took longer', () =>
    as(
      slowed(fault, () => ({})),
      'unknown',
    ));
});

describe('the judge of slow wake-ups', () => {
  const fault = 'slow-wakeups';
  const wokenLater =
    (ms: number) =>
    ({ served, answeredAt = 0, endedAt = 0 }: Arrival): Partial<Arrival> =>
      served === 'waited' ? { answeredAt: answeredAt + ms, endedAt: endedAt + ms } : {};

  it('passes waiters who were woken by as much later as the messages are', () =>
    as(slowed(fault, wokenLater(60)), 'pass'));

  it('fails waiters who were woken much later than that', () => as(slowed(fault, wokenLater(1000)), 'fail'));

  it('does not know if they were woken as always', () => as(slowed(fault, wokenLater(0)), 'unknown'));
});
