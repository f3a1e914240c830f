// Shared by the faults that replace or add replicas: which processes came and went.

import type { Evidence } from './evidence.ts';
import { isTouched } from './lookups.ts';
import type { Timeline } from './timeline.ts';
import { counting, hasFailed, type Witness } from './witness.ts';

/** The life of a replica's process, from its journal. Wall time in ms. */
export interface Life {
  readonly name: string;
  readonly pid: number;
  readonly startedAt: number;
  /** When it got the signal to stop. */
  readonly drainingAt?: number;
  readonly stoppedAt?: number;
  /** Whether it ended without cutting anything off. */
  readonly drained?: boolean;
}

/** Lists the processes that served as replicas, in the order of their starts. */
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

/** Counts the requests that failed since the fault was planned, without those that a fault of the run excuses. */
export const failuresSince = (evidence: Evidence, { plannedWallMs }: Timeline): Witness<number> =>
  counting(
    (arrival) =>
      hasFailed(arrival) &&
      (arrival.endedAt ?? 0) > plannedWallMs &&
      !evidence.struck.some(({ tolerance, timeline }) => tolerance.excuses(arrival, timeline, evidence)),
  );

/** Gives the most recomputes of an expiry while the fault lasted. */
export const mostRecomputes = (evidence: Evidence): number =>
  Math.max(
    0,
    ...evidence.judged
      .filter((cycle) => isTouched(evidence, cycle))
      .map(({ recomputes }) => recomputes.length),
  );

/** Lists the processes that served before the fault. */
export const fleetBefore = ({ events }: Evidence, { plannedWallMs }: Timeline): Life[] =>
  livesIn(events).filter(({ startedAt }) => startedAt < plannedWallMs);
