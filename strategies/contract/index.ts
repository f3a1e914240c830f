/**
 * What a strategy gets, and what it promises in return. Strategies import nothing else: they have no Redis, no HTTP, no
 * clock and no randomness of their own. The same code runs in a replica, in your own service, and in a test that decides
 * the order of every step.
 */
export { type Claim, coldStartOf, type Workload } from './claim.ts';
export type {
  Cache,
  Changes,
  Clock,
  Copies,
  Demand,
  Following,
  Lease,
  MakeCopies,
  Origin,
  RecomputeContext,
  Watch,
} from './ports.ts';
export {
  claimedQueueMs,
  longestQueueMs,
  missesPerRecompute,
  patienceMsFor,
  queueNeverEmpties,
} from './queue.ts';
export type { Definition, Options, Parts, Refresher, Strategy } from './strategy.ts';
export type { StoreMs, WallMs } from './times.ts';
export {
  type Acquired,
  type Answer,
  type Committed,
  type Condition,
  type Entry,
  type Grant,
  isFresh,
  isStored,
  type Made,
  type Reading,
  type Served,
} from './values.ts';
