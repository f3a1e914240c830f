import { answering } from './answering.ts';
import { early } from './early.ts';
import { halfFailing } from './half-failing.ts';
import type { LineMutant } from './line-mutant.ts';
import { locking } from './locking.ts';
import { outages } from './outages.ts';
import { stale } from './stale.ts';

/** Every mutant that changes lines, in the order of the table. */
export const lineMutants: readonly LineMutant[] = [
  ...early,
  ...stale,
  ...locking,
  ...answering,
  ...halfFailing,
  ...outages,
];
