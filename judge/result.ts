import type { Evidence } from '../faults/support/evidence.ts';
import { crosses, wakeLagsMs } from '../faults/support/lookups.ts';
import type { RunRecord } from '../record/result.ts';
import { type Case, countForwarded, countOf, stalenessMs, type Weighed } from './evidence.ts';
import { mean, percentiles } from './statistics.ts';
import { findingsOf, verdictOf } from './verdict.ts';

/** Makes a run's result.json: counts, measures and judges the run. */
export function recordOf(evidence: Case): RunRecord {
  const { facts, settings, judged, answered, warm, commits, recomputes, arrivals, herd } = evidence;
  const perExpiry = judged.map((cycle) => cycle.recomputes.length);
  const ended = { ok: 0, error: 0, timeout: 0, unsent: 0 };
  const byOutcome: Record<string, number> = {
    hit: 0,
    early: 0,
    stale: 0,
    waited: 0,
    recomputed: 0,
    error: 0,
  };
  for (const { ending, served = 'error', weight = 1 } of arrivals) {
    ended[ending] += weight;
    if (ending === 'ok' || ending === 'error') byOutcome[served] = (byOutcome[served] ?? 0) + weight;
  }
  const across = warm.filter((answer) => judged.some((cycle) => crosses(answer, cycle)));
  const latencies = (answers: Evidence['answered']) =>
    percentilesOf(answers.map(({ dueAt, endedAt, weight = 1 }) => ({ ms: endedAt - dueAt, weight })));
  const checks = findingsOf(evidence);
  return {
    schema: 1,
    run: facts.run,
    strategy: settings.strategy,
    runtime: facts.runtime,
    fault: settings.fault,
    config: settings,
    host: facts.host,
    expiries: judged.length,
    origin: {
      recomputes: recomputes.length,
      perExpiry: { mean: mean(perExpiry), max: Math.max(0, ...perExpiry) },
      maxConcurrent: mostAtOnce(evidence),
      perSecond: begunPerSecond(evidence),
    },
    requests: {
      scheduled: herd.scheduled,
      ...ended,
      byOutcome,
      forwarded: settings.proxy ? countForwarded(answered) : null,
    },
    latencyMs: { all: latencies(warm), acrossExpiry: latencies(across) },
    wakeMs: percentiles(wakeLagsMs(evidence, 'replica')),
    wakeAtClientMs: percentiles(wakeLagsMs(evidence, 'client')),
    ageMs: percentilesOf(agesMs(evidence)),
    stalenessMs: percentilesOf(stalenessMs(evidence)),
    redis: {
      commandsPerRequest:
        facts.redisCommands === null ? null : facts.redisCommands / Math.max(1, countOf(answered)),
    },
    fencing: {
      accepted: commits.filter(({ accepted }) => accepted).length,
      rejected: commits.filter(({ accepted }) => !accepted).length,
    },
    checks,
    verdict: verdictOf(checks),
  };
}

const percentilesOf = (times: readonly Weighed[]) =>
  percentiles(
    times.map(({ ms }) => ms),
    times.map(({ weight }) => weight),
  );

/** Gives how old each answer's value was on arrival. */
function agesMs({ recomputes, answered }: Evidence): Weighed[] {
  const madeAt = new Map(recomputes.map(({ version, beganWallMs }) => [version, beganWallMs]));
  return answered.flatMap(({ version, endedAt, weight = 1 }) => {
    const at = madeAt.get(version);
    return at === undefined ? [] : [{ ms: endedAt - at, weight }];
  });
}

function mostAtOnce({ recomputes }: Evidence): number {
  const steps = recomputes.flatMap(({ beganWallMs, endedWallMs }) => [
    { at: beganWallMs, step: 1 },
    ...(endedWallMs === undefined ? [] : [{ at: endedWallMs, step: -1 }]),
  ]);
  let running = 0;
  let most = 0;
  for (const { step } of steps.sort((a, b) => a.at - b.at || a.step - b.step)) {
    running += step;
    most = Math.max(most, running);
  }
  return most;
}

function begunPerSecond({ recomputes, arrivals }: Evidence): number[] {
  const from = arrivals.reduce((first, { dueAt }) => Math.min(first, dueAt), Number.POSITIVE_INFINITY);
  const seconds: number[] = [];
  for (const { beganWallMs } of recomputes) {
    const second = Math.max(0, Math.floor((beganWallMs - from) / 1000));
    while (seconds.length <= second) seconds.push(0);
    seconds[second] = (seconds[second] ?? 0) + 1;
  }
  return seconds;
}
