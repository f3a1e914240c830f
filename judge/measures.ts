import { crosses, firstEndingSince, wakeLags } from '../faults/support/lookups.ts';
import { isAnswered, type Witness } from '../faults/support/witness.ts';
import type { RequestEnding } from '../record/arrival.ts';
import { type Case, isWarm } from './evidence.ts';
import { Histogram } from './histogram.ts';
import { aftermathsIn, olderMsAfter } from './older-answers.ts';
import { staleness } from './staleness.ts';
import { isLost, lostUntilMs, timeOutMs } from './waiting/lost.ts';

/** What the arrivals of a run add up to. */
export interface Measures {
  readonly ended: Readonly<Record<RequestEnding, number>>;
  /** How many were served in each way, or failed. */
  readonly byOutcome: Readonly<Record<string, number>>;
  /** How many answers a proxy forwarded from the replicas. */
  readonly forwarded: number;
  /** When the first request fell due, in wall time; Infinity if none did. */
  readonly firstDueAt: number;
  /**
   * From when a request was due until it was answered. Of all once warm; of those that crossed an expiry; of the hits. One
   * that was never answered counts in the first two: see waiting/lost.ts.
   */
  readonly latency: Readonly<Record<'all' | 'acrossExpiry' | 'hits', Histogram>>;
  /** What a request that was never answered counts as, in ms. */
  readonly lostMs: number;
  /** How long after the commit waiters had the value: see {@link wakeLags}. */
  readonly wake: Readonly<Record<'replica' | 'client', Histogram>>;
  /** How old each answer's value was on arrival. */
  readonly age: Histogram;
  /** How long past their TTL values were served: see {@link staleness}. */
  readonly staleness: Histogram;
  /** How long after each acknowledged invalidation somebody last asked and got an older value. */
  readonly olderAfter: Histogram;
}

/** Measures the arrivals as they pass. */
export function measuring(evidence: Case): Witness<Measures> {
  const { judged, recomputes } = evidence;
  const ended = { ok: 0, error: 0, timeout: 0, unsent: 0 };
  const byOutcome: Record<string, number> = {
    hit: 0,
    early: 0,
    stale: 0,
    waited: 0,
    recomputed: 0,
    error: 0,
  };
  let [forwarded, firstDueAt] = [0, Number.POSITIVE_INFINITY];
  const latency = { all: new Histogram(), acrossExpiry: new Histogram(), hits: new Histogram() };
  const wake = { replica: new Histogram(), client: new Histogram() };
  const [age, stale] = [new Histogram(), new Histogram()];
  const madeAt = new Map(recomputes.map(({ version, beganWallMs }) => [version, beganWallMs]));
  const [lagOf, stalenessOf] = [wakeLags(evidence), staleness(evidence)];
  const aftermaths = aftermathsIn(evidence);
  const lost = { all: 0, acrossExpiry: 0 };
  const lostUntil = lostUntilMs(evidence);
  const record = (histogram: Histogram, ms: number | undefined) => {
    if (ms !== undefined) histogram.record(ms);
  };
  return {
    see(arrival) {
      aftermaths.see(arrival);
      const { ending, served = 'error', dueAt } = arrival;
      ended[ending] += 1;
      if (dueAt < firstDueAt) firstDueAt = dueAt;
      if (ending === 'ok' || ending === 'error') byOutcome[served] = (byOutcome[served] ?? 0) + 1;
      if (isLost(arrival) && isWarm(evidence, arrival)) {
        lost.all += 1;
        const next = judged[firstEndingSince(judged, dueAt)];
        if (next && crosses({ dueAt, endedAt: lostUntil(arrival) }, next)) lost.acrossExpiry += 1;
      }
      if (!isAnswered(arrival)) return;
      if (arrival.cache === 'fwd') forwarded += 1;
      if (isWarm(evidence, arrival)) {
        const tookMs = arrival.endedAt - dueAt;
        latency.all.record(tookMs);
        if (served === 'hit') latency.hits.record(tookMs);
        const next = judged[firstEndingSince(judged, dueAt)];
        if (next && crosses(arrival, next)) latency.acrossExpiry.record(tookMs);
      }
      record(wake.replica, lagOf(arrival, 'replica'));
      record(wake.client, lagOf(arrival, 'client'));
      const made = madeAt.get(arrival.version);
      if (made !== undefined) age.record(arrival.endedAt - made);
      record(stale, stalenessOf(arrival));
    },
    end() {
      const lostMs = Math.max(latency.all.maxMs, timeOutMs(evidence));
      latency.all.record(lostMs, lost.all);
      latency.acrossExpiry.record(lostMs, lost.acrossExpiry);
      const olderAfter = new Histogram();
      for (const aftermath of aftermaths.end()) olderAfter.record(olderMsAfter(aftermath));
      return {
        ...{ ended, byOutcome, forwarded, firstDueAt, latency, wake, age, staleness: stale, lostMs },
        olderAfter,
      };
    },
  };
}
