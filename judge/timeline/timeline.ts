import type { Cycle } from '../../faults/support/evidence.ts';
import { letPass, type Witness } from '../../faults/support/witness.ts';
import type { RunData } from '../../record/facts.ts';
import { isForeign } from '../../record/foreign/foreign.ts';
import type { WallMs } from '../../strategies/contract/index.ts';
import { clocksFrom } from '../clocks.ts';
import { invalidationsIn, judgedCycles } from '../cycles.ts';
import { warmFrom } from '../evidence.ts';
import { commitsIn } from '../operations/operations.ts';
import { faultSpansIn, recomputeSpansIn, waitSpansIn, wakeUpsIn } from './event-spans.ts';
import { type LaidOut, layingOut } from './laid-out.ts';
import { leaseSpansIn } from './lease-spans.ts';
import { type Lasting, mostAtOnce } from './levels.ts';
import { binningRequests, type RequestSeries, type Window } from './requests.ts';
import {
  type CommitMark,
  type ExpirySpan,
  type FaultSpan,
  type LeaseSpan,
  type Listed,
  listed,
  type RecomputeSpan,
  type WaitSpan,
  type WakeUp,
} from './spans.ts';

/** What happened in a run, as series and spans for whoever draws it. Times are by the herd's wall clock, in ms. */
export interface RunTimeline {
  readonly key: string;
  readonly window: Window;
  /** What is broken or missing in the folder. A run that goes on, or was cut short, has no facts.json. */
  readonly damage: readonly string[];
  readonly warmWallMs: WallMs;
  /** The processes that have lanes: the replicas, and refreshers where there are any. */
  readonly members: readonly string[];
  /** False for a user's own service: then leases, waits, commits and wake-ups are unknown. */
  readonly seesInside: boolean;
  readonly requests: RequestSeries;
  /** How many calls of the origin ran, queued, and did either: the most at once in each bin of the requests. */
  readonly origin: Readonly<Record<'running' | 'queued' | 'calls', readonly number[]>>;
  /** How many replicas' waits lasted: the most at once in each bin. */
  readonly waiting: readonly number[];
  readonly recomputes: Listed<RecomputeSpan>;
  readonly leases: Listed<LeaseSpan>;
  readonly waits: Listed<WaitSpan>;
  readonly commits: Listed<CommitMark>;
  readonly wakeUps: Listed<WakeUp>;
  readonly expiries: Listed<ExpirySpan>;
  /** When the key was invalidated. */
  readonly invalidatedWallMs: Listed<WallMs>;
  readonly faults: readonly FaultSpan[];
}

export interface TimelineOptions {
  /** What to look at; without it, the whole run. */
  readonly window?: Window | undefined;
  /** How many bins there may be. */
  readonly mostBins?: number;
  /** How many spans of a kind are listed. The series count all of them. */
  readonly mostSpans?: number;
}

const MOST_BINS = 600;
const MOST_SPANS = 5000;

/** Lays out a run's folder over time, finished or growing. What is missing in it is missing in the timeline. */
export function timelineOf(run: RunData, options: TimelineOptions = {}, laidOut?: LaidOut): RunTimeline {
  const [timeline] = timelinesOf(run, [options], laidOut);
  return timeline as RunTimeline;
}

/**
 * Lays out several views of a run. Reads the arrivals once; behind proxies, and of a user's own service that nobody has laid
 * out, twice.
 */
export function timelinesOf(
  run: RunData,
  views: readonly TimelineOptions[],
  laidOut: LaidOut = layingOut(run),
): RunTimeline[] {
  const drawing = views.map((view) => timelining(run, laidOut.cycles, view));
  letPass(laidOut.arrivals, drawing);
  return drawing.map((witness) => witness.end());
}

/** Lays out a run as its arrivals pass. */
function timelining(
  run: RunData,
  cycles: readonly Cycle[],
  { window: wanted, mostBins = MOST_BINS, mostSpans = MOST_SPANS }: TimelineOptions,
): Witness<RunTimeline> {
  const { facts, ledger, events } = run;
  const { key, leaseMs } = facts.settings;
  const clocks = clocksFrom(events);
  const recomputes = recomputeSpansIn(ledger, key, clocks);
  const commits = commitsIn(events, key, clocks);
  const expiries = expiriesIn(run, cycles);
  const waits = waitSpansIn(events, key, clocks);
  const warmWallMs = expiries.warmWallMs;
  const window = wanted ?? {
    fromWallMs: Math.min(facts.herd.openedAt, ...expiries.spans.slice(0, 1).map((span) => span.beganWallMs)),
    untilWallMs: Number.POSITIVE_INFINITY,
  };
  const requests = binningRequests({
    window,
    mostBins,
    warmWallMs,
    madeWallMs: new Map(recomputes.map(({ version, beganWallMs }) => [version, beganWallMs])),
  });
  return {
    see: requests.see,
    end() {
      const series = requests.end();
      const untilWallMs = wanted?.untilWallMs ?? lastMoment(series, recomputes, window.fromWallMs);
      const whole = { fromWallMs: window.fromWallMs, untilWallMs };
      const bins = {
        fromMs: window.fromWallMs,
        widthMs: series.widthMs,
        length: Math.max(
          1,
          Math.min(mostBins, Math.ceil((untilWallMs - window.fromWallMs) / series.widthMs)),
        ),
      };
      const within = (from: WallMs, until: WallMs = Number.POSITIVE_INFINITY) =>
        from <= untilWallMs && until >= window.fromWallMs;
      const spans = <T>(all: readonly T[], boundsOf: (span: T) => Lasting): Listed<T> => {
        const inside = all.filter((span) => within(boundsOf(span).from, boundsOf(span).until));
        return listed(inside, mostSpans);
      };
      const moments = <T>(all: readonly T[], atOf: (span: T) => WallMs) =>
        spans(all, (mark) => ({ from: atOf(mark), until: atOf(mark) }));
      return {
        ...{ key, window: whole, damage: damageOf(run), warmWallMs, requests: series },
        members: membersOf(run, series),
        seesInside: !isForeign(facts.settings),
        origin: {
          running: mostAtOnce(recomputes.map(runningOf), bins),
          queued: mostAtOnce(recomputes.map(queuedOf), bins),
          calls: mostAtOnce(recomputes.map(calledOf), bins),
        },
        waiting: mostAtOnce(waits.map(lastingOf), bins),
        recomputes: spans(recomputes, calledOf),
        leases: spans(leaseSpansIn(events, { key, leaseMs, clocks }), ({ grantedWallMs, endedWallMs }) => ({
          from: grantedWallMs,
          until: endedWallMs,
        })),
        waits: spans(waits, lastingOf),
        commits: moments(
          commits.map(({ by, version, fence, atWallMs, accepted }) => ({
            by,
            version,
            fence,
            atWallMs,
            accepted,
          })),
          ({ atWallMs }) => atWallMs,
        ),
        wakeUps: moments(wakeUpsIn(events, key, clocks), ({ atWallMs }) => atWallMs),
        expiries: spans(expiries.spans, ({ beganWallMs: from, filledWallMs: until }) => ({ from, until })),
        invalidatedWallMs: moments(invalidationsIn(events, key).map(clocks.wallOf), (at) => at),
        faults: faultSpansIn(events),
      };
    },
  };
}

function expiriesIn(
  { facts }: RunData,
  cycles: readonly Cycle[],
): { readonly spans: readonly ExpirySpan[]; readonly warmWallMs: WallMs } {
  const { settings, herd } = facts;
  const judged = new Set<object>(
    judgedCycles(cycles, settings).filter(({ filledWallMs }) => filledWallMs <= herd.lastDueAt),
  );
  const spans = cycles.map((cycle): ExpirySpan => {
    const { replaces, cause, beganWallMs, filledWallMs, recomputes } = cycle;
    return {
      ...{ replaces, cause, beganWallMs, recomputes: recomputes.length, isJudged: judged.has(cycle) },
      ...(filledWallMs !== undefined && { filledWallMs }),
    };
  });
  return { spans, warmWallMs: warmFrom(cycles, facts) };
}

const damageOf = ({ damage = [], arrivals }: RunData): string[] =>
  arrivals.damage === undefined ? [...damage] : [...damage, arrivals.damage];

/**
 * Lists everybody who recorded something of the key, and who made a value of it. Of a user's own service, which records
 * nothing: its replicas, and everybody who was asked.
 */
function membersOf(
  { ledger, events, facts: { settings, members = [] } }: RunData,
  { unansweredBy }: RequestSeries,
): string[] {
  const replicas = members.filter(({ role }) => role === 'replica').map(({ name }) => name);
  const names = new Set(isForeign(settings) ? [...replicas, ...Object.keys(unansweredBy)] : []);
  for (const line of ledger) if (line.event === 'begin' && line.key === settings.key) names.add(line.by);
  for (const event of events) if (event.by !== 'lab') names.add(event.by);
  return [...names].sort((a, b) => a.localeCompare(b, 'en', { numeric: true }));
}

const lastMoment = (
  { lastWallMs }: RequestSeries,
  recomputes: readonly RecomputeSpan[],
  fromWallMs: WallMs,
): WallMs =>
  recomputes.reduce(
    (last, { beganWallMs, endedWallMs = beganWallMs }) => Math.max(last, endedWallMs),
    Math.max(lastWallMs, fromWallMs),
  );

const runningOf = ({ beganWallMs: from, endedWallMs: until }: RecomputeSpan): Lasting => ({ from, until });
const calledOf = ({ arrivedWallMs: from, endedWallMs: until }: RecomputeSpan): Lasting => ({ from, until });
const queuedOf = ({ arrivedWallMs: from, beganWallMs: until }: RecomputeSpan): Lasting => ({ from, until });
const lastingOf = ({ fromWallMs: from, untilWallMs: until }: WaitSpan): Lasting => ({ from, until });
