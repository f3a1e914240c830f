import { isForeign } from '../../../record/foreign/foreign.ts';
import { parsePromises } from '../../../record/foreign/promises.ts';
import type { Settings } from '../../../record/settings.ts';
import { patienceMsFor } from '../../../strategies/contract/index.ts';
import type { FaultFinding } from '../answers/deadline.ts';
import type { Evidence, Tolerance } from '../evidence.ts';
import type { Expectation } from '../expectation.ts';
import { AFTERMATH_MS } from '../lookups.ts';
import type { Timeline } from '../timeline.ts';
import { hasFailed, isWitness, type Ruling, together } from '../witness.ts';
import type { Outside } from './outside.ts';
import { RECOVERS_WITHIN_MS } from './recovery.ts';

/**
 * Gives a fault's expectation as it is judged in a run with these settings: another one if the service is the user's own. If
 * that one does not promise to survive the fault, what it does is measured, and the expiries that the fault touches are not
 * held to its promises. Throws an error if the promises cannot be read.
 */
export function fromOutside(fault: Expectation, settings: Settings): Expectation {
  const { outside, name } = fault;
  if (!outside || !isForeign(settings)) return fault;
  const promises = parsePromises(settings.claim);
  const strict = () => outside.tolerance(settings, promises);
  const judged = { ...fault, outside };
  if (promises.survives.includes(name))
    return {
      ...judged,
      tolerance: strict,
      verify: (evidence, timeline, own) => outside.verify(evidence, timeline, own, promises),
    };
  return {
    ...judged,
    tolerance: () => ({ ...strict(), ...unheld(settings, strict()) }),
    verify: (evidence, timeline, own) =>
      measured(asIfPromised(outside, evidence, timeline, { ...own, ...HELD, ...strict() }, promises)),
  };

  function asIfPromised(
    { verify }: Outside,
    evidence: Evidence,
    timeline: Timeline,
    own: Tolerance,
    of: typeof promises,
  ) {
    const struck = evidence.struck.map((one) =>
      one.timeline.fault === name ? { ...one, tolerance: own } : one,
    );
    return verify({ ...evidence, struck }, timeline, own, of);
  }
}

/** What the tolerance of a fault is without what {@link unheld} allows. */
const HELD = {
  extraRecomputes: 0,
  extraWaitMs: 0,
  staleMs: 0,
  aftermathMs: AFTERMATH_MS,
  excuses: () => false,
} satisfies Partial<Tolerance>;

/** What a fault may cost a service that does not promise to survive it. */
const unheld = (
  settings: Settings,
  { extraWaitMs = 0, aftermathMs = 0 }: Partial<Tolerance>,
): Pick<Tolerance, keyof typeof HELD> => ({
  extraRecomputes: Number.POSITIVE_INFINITY,
  extraWaitMs: Math.max(extraWaitMs, patienceMsFor(settings)),
  staleMs: Number.POSITIVE_INFINITY,
  aftermathMs: Math.max(aftermathMs, RECOVERS_WITHIN_MS),
  excuses: (arrival, { plannedWallMs, healedWallMs }) =>
    hasFailed(arrival) &&
    (arrival.endedAt ?? 0) >= plannedWallMs &&
    arrival.dueAt < healedWallMs + RECOVERS_WITHIN_MS,
});

/** Says what was measured. It fails nobody, since nothing was promised. */
function measured(ruling: Ruling<FaultFinding>): Ruling<FaultFinding> {
  if (isWitness(ruling)) return together([ruling], () => unpromised(ruling.end()));
  return unpromised(ruling);
}

const unpromised = ({ verdict, detail }: FaultFinding): FaultFinding =>
  verdict === 'unknown'
    ? { verdict, detail }
    : {
        verdict: 'pass',
        detail: `survival is not promised, and ${verdict === 'pass' ? 'was seen' : 'was not seen'}: ${detail}`,
      };
