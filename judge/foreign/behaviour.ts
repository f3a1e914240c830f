import type { Cycle } from '../../faults/support/evidence.ts';
import { isTouched, mayBeDelayed } from '../../faults/support/lookups.ts';
import { answersTo, together, type Witness } from '../../faults/support/witness.ts';
import { type Case, isWarm } from '../evidence.ts';
import { mean, median } from '../statistics.ts';
import { Spans } from '../waiting/spans.ts';
import { type Measured, Stopwatch } from '../waiting/stopwatch.ts';

/** What a service did at its expiries, in figures. Expiries that a fault touched do not count. */
export interface Behaviour {
  readonly expiries: number;
  /** How many replicas there are, and how many requests arrive while a value is recomputed: λδ. */
  readonly replicas: number;
  readonly herd: number;
  /** The mean of the recomputes per expiry; and the most by one replica in an expiry, in half of the expiries. */
  readonly recomputes: number;
  readonly byOneReplica: number;
  /** How long before it was due a value's replacement began, in half of the expiries; negative: later. In ms. */
  readonly leadMs: number;
  readonly ttlMs: number;
  /** Of the requests while a value was replaced, until the first new one was there. */
  readonly waits: Measured;
  /** How many answers there were, how many of a value past its TTL, and of one that the same service had made. */
  readonly answers: number;
  readonly stale: number;
  readonly ownValue: number;
  /** Whether the expiries were recomputed by processes that answer no requests. */
  readonly byRefreshers: boolean;
}

/** Measures what a service does at its expiries as its answers pass. */
export function behaving(evidence: Case): Witness<Behaviour> {
  const { settings, recomputes, commits } = evidence;
  const judged = evidence.judged.filter((cycle) => cycle.cause === 'expiry' && !isTouched(evidence, cycle));
  const isDelayed = mayBeDelayed(evidence);
  const stopwatch = new Stopwatch(windowsOf(judged), evidence);
  const makerOf = new Map(recomputes.map(({ version, by }) => [version, by]));
  const answering = new Set<string>();
  let [answers, stale, ownValue] = [0, 0, 0];
  const seen = answersTo((answer) => {
    const { by, version, sentAt, endedAt, served } = answer;
    if (by !== undefined) answering.add(by);
    if (!isWarm(evidence, answer) || isDelayed(sentAt, endedAt)) return;
    answers += 1;
    if (served === 'stale') stale += 1;
    if (makerOf.get(version) === by) ownValue += 1;
    stopwatch.time({ sentAt, endedAt, tookMs: endedAt - sentAt, stalledMs: () => 0, counts: true });
  });
  const madeAt = new Map(commits.map(({ version, atWallMs }) => [version, atWallMs]));
  const leadsMs = judged.flatMap(({ replaces, beganWallMs }) => {
    const made = madeAt.get(replaces);
    return made === undefined ? [] : [made + settings.ttlMs - beganWallMs];
  });
  return together([seen], () => ({
    expiries: judged.length,
    replicas: settings.replicas,
    herd: (settings.ratePerSecond * settings.recomputeMs) / 1000,
    recomputes: mean(judged.map((cycle) => cycle.recomputes.length)),
    byOneReplica: median(judged.map(mostByOne)),
    leadMs: median(leadsMs),
    ttlMs: settings.ttlMs,
    waits: stopwatch.end(),
    ...{ answers, stale, ownValue },
    // If nobody who answers ever recomputes, the names say nothing.
    byRefreshers:
      recomputes.some(({ by }) => answering.has(by)) &&
      !judged.some((cycle) => cycle.recomputes.some(({ by }) => answering.has(by))),
  }));
}

const mostByOne = ({ recomputes }: Cycle): number =>
  [...Map.groupBy(recomputes, ({ by }) => by).values()].reduce(
    (most, { length }) => Math.max(most, length),
    0,
  );

const windowsOf = (cycles: readonly Required<Cycle>[]): Spans =>
  new Spans(cycles.map(({ beganWallMs, filledWallMs }) => ({ from: beganWallMs, until: filledWallMs })));
