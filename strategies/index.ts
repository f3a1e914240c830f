import type { Definition } from './contract/index.ts';
import { hybrid } from './hybrid.ts';
import { lock } from './lock.ts';
import { nearCache } from './near-cache.ts';
import { none } from './none.ts';
import { refreshAhead } from './refresh-ahead.ts';
import { singleFlight } from './single-flight.ts';
import { staleWhileRevalidate } from './stale-while-revalidate.ts';
import { tryLock } from './try-lock.ts';
import { xfetch } from './xfetch.ts';
import { xfetchLock } from './xfetch-lock.ts';

/** Every strategy, in the order a reader meets them. */
export const strategies: readonly Definition[] = [
  none,
  singleFlight,
  lock,
  tryLock,
  staleWhileRevalidate,
  xfetch,
  xfetchLock,
  hybrid,
  refreshAhead,
  nearCache,
];

export const strategyNamed = (name: string): Definition | undefined =>
  strategies.find((definition) => definition.name === name);
