import { type LaidOut, layingOut, withoutRequests } from '../../judge/timeline/laid-out.ts';
import { type RunTimeline, timelineOf } from '../../judge/timeline/timeline.ts';
import type { Arrival } from '../../record/arrival.ts';
import type { History, RunData } from '../../record/facts.ts';
import { strategyOf } from '../../record/foreign/foreign.ts';
import { chooseExpiry } from '../../report/lanes/chosen-expiry.ts';
import { roundedTo } from './rounded.ts';
import type { Scene, SceneHead, SceneRequest } from './scene.ts';
import { chooseWindow, type SceneWindow } from './window.ts';

/** What the strategy of the run is, in the words of its definition. */
export interface Described {
  readonly about: string;
  readonly early: boolean;
}

/** Makes the scene of a run. A large run is shown in part. Reads the arrivals once; behind proxies, twice. */
export function sceneOf(run: RunData, { about, early }: Described): Scene {
  const laidOut = layingOut(run);
  const whole = wholeOf(run, laidOut);
  const chosen = chooseExpiry(whole);
  const window = chooseWindow(run.facts, whole, chosen);
  const { settings } = run.facts;
  const { fault, ttlMs, recomputeMs, leaseMs, ratePerSecond, originCapacity } = settings;
  const requests = requestsIn(laidOut.arrivals, window, whole.members);
  return {
    ...{ run: run.facts.run, strategy: strategyOf(settings), about, early, fault, members: whole.members },
    settings: { ttlMs, recomputeMs, leaseMs, ratePerSecond, originCapacity },
    zeroWallMs: window.zeroWallMs,
    fromMs: window.fromWallMs - window.zeroWallMs,
    untilMs: window.untilWallMs - window.zeroWallMs,
    lacks: lacksOf(run, window),
    requests,
    ...spansIn(whole, window),
  };
}

/** Lays out every span of a run, also what came after its last recompute. */
function wholeOf(run: RunData, laidOut: LaidOut): RunTimeline {
  const spans = withoutRequests(laidOut);
  const { fromWallMs } = timelineOf(run, {}, spans).window;
  const window = { fromWallMs, untilWallMs: Number.POSITIVE_INFINITY };
  return timelineOf(run, { window, mostSpans: Number.POSITIVE_INFINITY }, spans);
}

type Spans = Omit<Scene, 'requests' | keyof SceneHead>;

/** Says what the scene lacks, once the arrivals were read. */
function lacksOf({ damage = [], arrivals }: RunData, { cut }: SceneWindow): string | null {
  const broken = [...damage, ...(arrivals.damage === undefined ? [] : [arrivals.damage])];
  const sentences = [
    cut ?? [],
    broken.length === 0 ? [] : `The record is not whole: ${broken.join('; ')}.`,
  ].flat();
  return sentences.length === 0 ? null : sentences.join(' ');
}

/** Lists what overlaps the window, by the scene's clock. */
function spansIn(whole: RunTimeline, { zeroWallMs, fromWallMs, untilWallMs }: SceneWindow): Spans {
  const { members } = whole;
  const at = (wallMs: number) => roundedTo(wallMs - zeroWallMs, 2);
  const who = (name: string) => members.indexOf(name);
  const within = (from: number, until = Number.POSITIVE_INFINITY) =>
    from <= untilWallMs && until >= fromWallMs;
  const lastBefore = whole.commits.listed.findLast(
    ({ accepted, atWallMs }) => accepted && atWallMs < fromWallMs,
  );
  return {
    calls: whole.recomputes.listed
      .filter(({ arrivedWallMs, endedWallMs }) => within(arrivedWallMs, endedWallMs))
      .map(({ by, version, arrivedWallMs, beganWallMs, endedWallMs, ending }) => ({
        ...{ member: who(by), version, arrivedMs: at(arrivedWallMs), beganMs: at(beganWallMs) },
        ...(endedWallMs !== undefined && { endedMs: at(endedWallMs) }),
        ...(ending !== undefined && { ending }),
      })),
    leases: whole.leases.listed
      .filter(({ grantedWallMs, endedWallMs }) => within(grantedWallMs, endedWallMs))
      .map(({ by, fence, grantedWallMs, renewedWallMs, endedWallMs, end }) => ({
        ...{ member: who(by), fence, grantedMs: at(grantedWallMs), renewedMs: renewedWallMs.map(at) },
        ...{ endedMs: at(endedWallMs), end },
      })),
    waits: whole.waits.listed
      .filter(({ fromWallMs: from, untilWallMs: until }) => within(from, until))
      .map(({ by, fromWallMs: from, untilWallMs: until, outcome }) => ({
        ...{ member: who(by), fromMs: at(from) },
        ...(until !== undefined && { untilMs: at(until) }),
        ...(outcome !== undefined && { outcome }),
      })),
    // What the store holds as the window opens is seen from the last write before it.
    writes: whole.commits.listed
      .filter((write) => write === lastBefore || within(write.atWallMs, write.atWallMs))
      .map(({ by, version, fence, atWallMs, accepted }) => ({
        ...{ member: who(by), version, fence, atMs: at(atWallMs), accepted },
      }))
      // They are listed in the order in which their writers heard of them.
      .sort((a, b) => a.atMs - b.atMs),
    wakeUps: whole.wakeUps.listed
      .filter(({ atWallMs }) => within(atWallMs, atWallMs))
      .map(({ by, fence, atWallMs }) => ({ member: who(by), fence, atMs: at(atWallMs) })),
    expiries: whole.expiries.listed
      .filter(({ beganWallMs, filledWallMs }) => within(beganWallMs, filledWallMs))
      .map(({ replaces, cause, beganWallMs, filledWallMs, recomputes }) => ({
        ...{ replaces, cause, beganMs: at(beganWallMs), recomputes },
        ...(filledWallMs !== undefined && { filledMs: at(filledWallMs) }),
      })),
    faults: whole.faults.map(({ fault, victim, near, plannedWallMs, injectedWallMs, healedWallMs }) => ({
      ...{ fault, victim },
      ...(near && { near }),
      ...(plannedWallMs !== undefined && { plannedMs: at(plannedWallMs) }),
      ...(injectedWallMs !== undefined && { injectedMs: at(injectedWallMs) }),
      ...(healedWallMs !== undefined && { healedMs: at(healedWallMs) }),
    })),
  };
}

/** Lists the requests that were due, or had no answer yet, in the window. */
function requestsIn(arrivals: History, window: SceneWindow, members: readonly string[]): SceneRequest[] {
  const requests: SceneRequest[] = [];
  for (const arrival of arrivals) {
    const { dueAt, endedAt = dueAt } = arrival;
    if (endedAt < window.fromWallMs || dueAt > window.untilWallMs) continue;
    requests.push(requestOf(arrival, window.zeroWallMs, members));
  }
  return requests.sort((a, b) => a.dueMs - b.dueMs);
}

/** Writes an arrival down as a request of a scene with this zero. */
function requestOf(
  { dueAt, endedAt = dueAt, ending, by, served, version }: Arrival,
  zeroWallMs: number,
  members: readonly string[],
): SceneRequest {
  const member = by === undefined ? -1 : members.indexOf(by);
  return {
    dueMs: roundedTo(dueAt - zeroWallMs, 1),
    endedMs: roundedTo(endedAt - zeroWallMs, 1),
    ...(member >= 0 && { member }),
    outcome: ending === 'ok' ? (served ?? 'unknown') : ending,
    ...(version !== undefined && { version }),
  };
}
