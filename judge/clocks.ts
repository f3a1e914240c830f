import type { Finding } from '../faults/support/finding.ts';
import type { ClockSample } from '../record/clock-samples.ts';
import type { RunEvent } from '../record/facts.ts';
import type { StoreMs, WallMs } from '../strategies/contract/index.ts';

/** A smaller difference between two clocks of one machine means nothing. */
export const CLOCK_SLACK_MS = 5;
/** What a check finds that would compare clocks, and cannot. */
export const CLOCKS_UNKNOWN: Finding = {
  verdict: 'unknown',
  detail: 'the clocks of Redis and the others cannot be compared',
};
/** With a larger error, a comparison of two clocks says nothing. */
const MOST_ERROR_MS = 50;

/** Converts between the store's clock and the wall clocks of the other processes. They meet in this file only. */
export interface Clocks {
  /** Gives the herd's wall time at a moment of the store's. */
  wallOf(storeMs: StoreMs): WallMs;
  /** Gives the store's time at a moment of another clock's wall time: the origin's, or that of the herd or member named. */
  storeOf(wallMs: WallMs, of?: string): StoreMs;
  /** Gives the herd's wall time at a moment of another clock's wall time: the origin's, or that of the member named. */
  herdTimeOf(wallMs: WallMs, of: string): WallMs;
  /** How far a conversion may be off, in ms; undefined: unknown, or too much to compare anything. */
  readonly errorMs: number | undefined;
}

/** Takes all clocks for the same. */
export const SAME_CLOCK: Clocks = {
  wallOf: (storeMs) => storeMs as number,
  storeOf: (wallMs) => wallMs as number,
  herdTimeOf: (wallMs) => wallMs,
  errorMs: undefined,
};

/** The clock of a run in which one host wrote everything that is judged. */
export const ONE_CLOCK: Clocks = { ...SAME_CLOCK, errorMs: 0 };

/** Gives how far the clocks of the origin and the herd may be off if both are taken for one, in ms; undefined: unknown, or too far. */
export function apartMs(events: readonly RunEvent[]): number | undefined {
  const { herdTimeOf, errorMs } = clocksFrom(events);
  if (errorMs === undefined) return undefined;
  const mostMs = events.reduce(
    (most, { event, at }) =>
      event === 'clock' ? Math.max(most, Math.abs(herdTimeOf(at, 'origin') - at) + errorMs) : most,
    errorMs,
  );
  return mostMs > MOST_ERROR_MS ? undefined : mostMs;
}

/** By how much the store is ahead of another clock at some moments, in their order. */
interface Lead {
  readonly atWallMs: WallMs;
  readonly aheadMs: number;
  readonly errorMs: number;
}

/**
 * Reads from the lab's samples how far the clocks of a run were apart. A moment is converted by the sample next to it.
 * Between two samples a clock may have jumped by their difference, which counts as error.
 */
export function clocksFrom(events: readonly RunEvent[]): Clocks {
  const samples = events.filter((event): event is ClockSample => event.event === 'clock');
  const [herd, origin] = [leadsOver('herd', samples), leadsOver('origin', samples)];
  if (herd.length === 0 || origin.length === 0) return SAME_CLOCK;
  const errorMs = Math.max(errorOf(herd), errorOf(origin));
  const leads = new Map([
    ['herd', herd],
    ['origin', origin],
  ]);
  // A member that ended soon may have no sample of its own.
  const leadsOf = (of: string) => {
    const known = leads.get(of) ?? leadsOver(of, samples);
    leads.set(of, known);
    return known.length > 0 ? known : origin;
  };
  const wallOf = (storeMs: StoreMs) => (storeMs as number) - leadAt(herd, storeMs);
  const storeOf = (wallMs: WallMs, of = 'origin') => (wallMs as number) + leadAt(leadsOf(of), wallMs);
  return {
    wallOf,
    storeOf,
    herdTimeOf: (wallMs, of) => wallOf(storeOf(wallMs, of)),
    errorMs: errorMs > MOST_ERROR_MS ? undefined : errorMs,
  };
}

/** Combines each sample of a clock with the sample of the store that was taken last. Both are against the lab's clock. */
function leadsOver(of: string, samples: readonly ClockSample[]): Lead[] {
  let store: ClockSample | undefined;
  const leads = samples.flatMap((sample) => {
    if (sample.of === 'store') store = sample;
    if (sample.of !== of || !store) return [];
    const { at, aheadMs, errorMs } = sample;
    return [{ atWallMs: at, aheadMs: store.aheadMs - aheadMs, errorMs: store.errorMs + errorMs }];
  });
  return leads.filter(
    (lead, index) =>
      lead.errorMs <= MOST_ERROR_MS && !saysLess(lead, leads[index - 1]) && !saysLess(lead, leads[index + 1]),
  );
}

/**
 * Tells whether a sample allows all that its neighbour allows, and more. A machine that was busy for a moment takes such
 * samples.
 */
const saysLess = ({ aheadMs, errorMs }: Lead, neighbour: Lead | undefined): boolean =>
  neighbour !== undefined &&
  neighbour.errorMs < errorMs &&
  Math.abs(neighbour.aheadMs - aheadMs) + neighbour.errorMs <= errorMs;

function errorOf(leads: readonly Lead[]): number {
  return leads.reduce((most, { aheadMs, errorMs }, index) => {
    const jumpMs = Math.abs(aheadMs - (leads[index - 1]?.aheadMs ?? aheadMs));
    return Math.max(most, errorMs, jumpMs);
  }, 0);
}

/** Gives the lead of the sample that is nearest in time. */
function leadAt(leads: readonly Lead[], atMs: number): number {
  let [from, to] = [0, leads.length - 1];
  while (to - from > 1) {
    const middle = (from + to) >> 1;
    if ((leads[middle]?.atWallMs ?? 0) <= atMs) from = middle;
    else to = middle;
  }
  const [before, after] = [leads[from], leads[to]];
  if (!before || !after) return 0;
  return (atMs - before.atWallMs <= after.atWallMs - atMs ? before : after).aheadMs;
}
