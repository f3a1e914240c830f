import type { LeaseSpan } from '../../judge/timeline/spans.ts';
import { type Health, healthOf, healthUnder } from '../scene/health.ts';
import type { ShownTimeline } from './messages.ts';

/** A member of the fleet at one moment. */
export interface MemberState {
  readonly name: string;
  readonly health: Health;
  /** For how long it has held the lease, in ms; absent: it does not hold it. */
  readonly holdsForMs?: number;
  /** For how long it has waited for another replica's recompute; absent: it does not wait. */
  readonly waitsForMs?: number;
  /** How many of its recomputes are at the origin. */
  readonly recomputes: number;
  /** How many of its requests have no answer yet. */
  readonly unanswered: number;
}

/** The fleet at one moment. */
export interface FleetState {
  readonly members: readonly MemberState[];
  /** What is struck without a lane of its own, such as Redis or the origin. */
  readonly others: readonly { readonly name: string; readonly health: Health; readonly fault: string }[];
  readonly originRunning: number;
  readonly originQueued: number;
  readonly unanswered: number;
}

/** Says who holds the lease, who waits and who is struck at a moment of a run, in wall time. */
export function fleetAt(timeline: ShownTimeline, atWallMs: number): FleetState {
  const { members, requests, recomputes, leases, waits, faults } = timeline;
  const bin = binAt(timeline, atWallMs);
  const lasting = faults.filter(
    ({ injectedWallMs = Number.POSITIVE_INFINITY, healedWallMs = Number.POSITIVE_INFINITY }) =>
      injectedWallMs <= atWallMs && atWallMs < healedWallMs,
  );
  const lease = leases.listed.findLast((span) => isHeldAt(span, atWallMs));
  const calls = recomputes.listed.filter(
    ({ arrivedWallMs, endedWallMs = Number.POSITIVE_INFINITY }) =>
      arrivedWallMs <= atWallMs && atWallMs < endedWallMs,
  );
  return {
    members: members.map((name): MemberState => {
      const wait = waits.listed.find(
        ({ by, fromWallMs, untilWallMs = Number.POSITIVE_INFINITY }) =>
          by === name && fromWallMs <= atWallMs && atWallMs < untilWallMs,
      );
      return {
        name,
        health: healthOf(name, lasting),
        ...(lease?.by === name && { holdsForMs: atWallMs - lease.grantedWallMs }),
        ...(wait && { waitsForMs: atWallMs - wait.fromWallMs }),
        recomputes: calls.filter(({ by }) => by === name).length,
        unanswered: requests.unansweredBy[name]?.[bin] ?? 0,
      };
    }),
    others: lasting
      .filter(
        ({ victim, near }) =>
          victim !== '' && !near && !victim.split(' ').some((name) => members.includes(name)),
      )
      .map(({ victim, fault }) => ({ name: victim, health: healthUnder(fault), fault })),
    originRunning: calls.filter(({ beganWallMs }) => beganWallMs <= atWallMs).length,
    originQueued: calls.filter(({ beganWallMs }) => beganWallMs > atWallMs).length,
    unanswered: requests.unanswered[bin] ?? 0,
  };
}

/** A lease that has not ended, as far as is known, is held until it would run out. */
const isHeldAt = ({ grantedWallMs, endedWallMs }: LeaseSpan, atWallMs: number): boolean =>
  grantedWallMs <= atWallMs && atWallMs < endedWallMs;

function binAt({ window, requests: { widthMs, unanswered } }: ShownTimeline, atWallMs: number): number {
  const bin = Math.floor((atWallMs - window.fromWallMs) / widthMs);
  return Math.max(0, Math.min(unanswered.length - 1, bin));
}
