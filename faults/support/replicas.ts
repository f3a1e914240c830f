// What the faults that replace or add replicas have in common: their record of who came and went.

import type { Arrival } from '../../record/arrival.ts';
import type { Evidence } from './evidence.ts';
import { isTouched } from './lookups.ts';
import type { Timeline } from './timeline.ts';

/** A replica's process, from its own journal. Wall time in ms. */
export interface Life {
  readonly name: string;
  readonly pid: number;
  readonly startedAt: number;
  /** When it was told to stop. */
  readonly drainingAt?: number;
  readonly stoppedAt?: number;
  /** Whether it ended with nothing cut off. */
  readonly drained?: boolean;
}

/** Every process that served as a replica, in the order in which they started. */
export function livesIn(events: Evidence['events']): Life[] {
  return events.flatMap((event) => {
    if (event.event !== 'started') return [];
    const { by: name, pid, at: startedAt } = event;
    const life: { -readonly [K in keyof Life]: Life[K] } = { name, pid, startedAt };
    for (const later of events) {
      if (later.by !== name || later.at < startedAt) continue;
      if (later.event === 'draining' && later.pid === pid) life.drainingAt ??= later.at;
      if (later.event === 'stopped' && later.pid === pid) {
        life.stoppedAt ??= later.at;
        life.drained ??= later.drained;
      }
    }
    return [life];
  });
}

/** Requests that failed since the fault came: replacing or adding a replica is no excuse for any. */
export const failuresIn = ({ arrivals }: Evidence, { injectedWallMs }: Timeline): Arrival[] =>
  arrivals.filter(
    ({ ending, endedAt = 0 }) => (ending === 'error' || ending === 'timeout') && endedAt > injectedWallMs,
  );

/** The most recomputes that an expiry saw while the fault lasted. */
export const mostRecomputes = (evidence: Evidence): number =>
  Math.max(
    0,
    ...evidence.judged
      .filter((cycle) => isTouched(evidence, cycle))
      .map(({ recomputes }) => recomputes.length),
  );

/** The processes that served when the fault came. */
export const fleetBefore = ({ events }: Evidence, { injectedWallMs }: Timeline): Life[] =>
  livesIn(events).filter(({ startedAt }) => startedAt < injectedWallMs);
