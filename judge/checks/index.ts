import { accounting } from './accounting.ts';
import { answersExplained } from './answers-explained.ts';
import { causes } from './causes.ts';
import type { Check } from './check.ts';
import { claim } from './claim.ts';
import { degraded } from './degraded.ts';
import { due } from './due.ts';
import { evidenceIntact } from './evidence-intact.ts';
import { faultAnswered } from './fault-answered.ts';
import { fencing } from './fencing.ts';
import { fewForwarded } from './forwarded.ts';
import { injector } from './injector.ts';
import { invalidation } from './invalidation.ts';
import { labels } from './labels.ts';
import { lead } from './lead.ts';
import { madeByOrigin } from './made-by-origin.ts';
import { monotonicReads } from './monotonic-reads.ts';
import { nonVacuity } from './non-vacuity.ts';
import { oneWaiter } from './one-waiter.ts';
import { operationsSettled } from './operations-settled.ts';
import { readableVersion } from './readable-version.ts';
import { staleness } from './staleness.ts';
import { waits } from './waits.ts';
import { woken } from './woken.ts';

/** Every check, in the order of the summary. The first one tells whether there is anything for the others to judge. */
export const checks: readonly Check[] = [
  evidenceIntact,
  faultAnswered,
  operationsSettled,
  answersExplained,
  madeByOrigin,
  readableVersion,
  claim,
  causes,
  fewForwarded,
  due,
  lead,
  degraded,
  fencing,
  monotonicReads,
  staleness,
  invalidation,
  waits,
  labels,
  oneWaiter,
  woken,
  accounting,
  injector,
  nonVacuity,
];
