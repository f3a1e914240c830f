import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { FaultEvent } from '../../../record/fault-events.ts';
import type { LedgerLine } from '../../../record/ledger.ts';
import type { RecordedRun } from '../../support/recorded-run.ts';
import { all, nobodyAfter, type Spoil, stepLater, writeLost } from '../../support/spoiled.ts';
import { assertFound as as, told } from '../../support/told-run.ts';

const REPLICAS = 2;
/** The origin's answer to the holder that the fault befell. */
const HIT = 3;

interface Outage {
  readonly spoil?: Spoil;
  /** How the requests were served that came while the fault lasted. */
  readonly served?: 'stale' | 'waited';
  readonly by?: string;
  /** Whether they were answered without the store. */
  readonly degraded?: boolean;
  /** How many recomputes were under way beside the holder's. */
  readonly others?: number;
}

/** The quiet run, told as if no lease could be had for a while from its second expiry on. */
function outage(
  fault: string,
  { spoil = writeLost, served = 'stale', by = 'app-2', degraded = false, others = 1 }: Outage = {},
): RecordedRun {
  const recording = told(fault, spoil);
  const [from, until] = [phaseOf(recording, 'injected'), phaseOf(recording, 'healed')];
  const arrivals = recording.arrivals.map((arrival) => {
    const { sentAt = 0 } = arrival;
    if (sentAt < from || sentAt > until) return arrival;
    return { ...arrival, by, served, ...(degraded && { degraded }) };
  });
  return { ...recording, arrivals, ledger: withOthers(recording.ledger, others) };
}

const phaseOf = ({ events }: RecordedRun, phase: FaultEvent['phase']): number =>
  events.find((event) => event.event === 'fault' && event.phase === phase)?.at ?? assert.fail();

/** Adds recomputes of another process, which last as long as the holder's. */
const withOthers = (ledger: readonly LedgerLine[], count: number): LedgerLine[] =>
  ledger.flatMap((line) => {
    if (line.id !== HIT) return [line];
    const more = Array.from({ length: count }, (_, index): LedgerLine => {
      const id = 900 + index;
      return line.event === 'begin' ? { ...line, id, version: id, by: 'app-2' } : { ...line, id };
    });
    return [line, ...more];
  });

describe('the judge of a store that refuses writes', () => {
  const fault = 'store-read-only';

  it('passes stale answers, a recompute per replica, and a lease afterwards', () =>
    as(outage(fault), 'pass'));

  it('fails answers without the store while it has a value, but for the callers of the holder', () => {
    as(outage(fault, { degraded: true }), 'fail');
    const some = outage(fault);
    const degradedBy = (by: string): RecordedRun => {
      const from = phaseOf(some, 'injected');
      const index = some.arrivals.findIndex(({ sentAt = 0 }) => sentAt > from);
      return { ...some, arrivals: some.arrivals.with(index, { ...at(some, index), by, degraded: true }) };
    };
    as(degradedBy('app-2'), 'fail');
    as(degradedBy('app-1'), 'pass');
  });

  it('fails more recomputes at once than there are replicas', () =>
    as(outage(fault, { others: REPLICAS }), 'fail'));

  it('fails if nobody is granted the lease afterwards', () =>
    as(outage(fault, { spoil: all(writeLost, nobodyAfter) }), 'fail'));

  it('does not know if no value was due meanwhile', () => as(outage(fault, { served: 'waited' }), 'unknown'));
});

describe('the judge of dead lock servers', () => {
  const fault = 'lock-servers-down';
  /** For two expiries and a half. */
  const long = stepLater('healed', 3000);

  it('passes stale answers, a recompute per replica, and a lease afterwards', () =>
    as(outage(fault, { spoil: long }), 'pass'));

  it('fails more recomputes at once than there are replicas', () =>
    as(outage(fault, { spoil: long, others: REPLICAS }), 'fail'));

  it('fails if nobody is granted the lease afterwards', () => {
    const noGrant: Spoil = (events, fence) =>
      events.filter((event) => !(event.event === 'granted' && event.fence > fence));
    as(outage(fault, { spoil: all(long, noGrant) }), 'fail');
  });

  it('does not know if no value was due meanwhile, or nobody asked for it', () => {
    as(outage(fault), 'unknown');
    as(outage(fault, { spoil: long, served: 'waited' }), 'unknown');
  });
});

const at = ({ arrivals }: RecordedRun, index: number) => arrivals[index] ?? assert.fail();
