import type { Evidence } from '../faults/support/evidence.ts';
import { strategyOf } from '../record/foreign/foreign.ts';
import type { Judgement, RunRecord } from '../record/result.ts';
import { askedInvalidations } from './causes/asked-invalidations.ts';
import type { Case } from './evidence.ts';
import { behavesLike } from './foreign/behaves-like.ts';
import type { Behaviour } from './foreign/behaviour.ts';
import type { Measures } from './measures.ts';
import { mean } from './statistics.ts';
import { notVisibleIn, verdictOf } from './verdict.ts';

/** Makes a run's result.json. */
export function recordOf(
  evidence: Case,
  measures: Measures,
  checks: readonly Judgement[],
  behaviour?: Behaviour,
): RunRecord {
  const { facts, settings, judged, commits, recomputes, herd, foreign } = evidence;
  const { ended, byOutcome, forwarded, latency, wake, age, staleness } = measures;
  const perExpiry = judged.map((cycle) => cycle.recomputes.length);
  return {
    schema: 1,
    run: facts.run,
    strategy: strategyOf(settings),
    runtime: facts.runtime,
    fault: settings.fault,
    config: settings,
    host: facts.host,
    expiries: judged.length,
    origin: {
      recomputes: recomputes.length,
      perExpiry: { mean: mean(perExpiry), max: perExpiry.reduce((a, b) => Math.max(a, b), 0) },
      maxConcurrent: mostAtOnce(evidence),
      perSecond: begunPerSecond(evidence, measures),
    },
    requests: {
      scheduled: herd.scheduled,
      ...ended,
      byOutcome,
      forwarded: settings.proxy ? forwarded : null,
    },
    latencyMs: { all: latency.all.percentiles(), acrossExpiry: latency.acrossExpiry.percentiles() },
    wakeMs: wake.replica.percentiles(),
    wakeAtClientMs: wake.client.percentiles(),
    ageMs: age.percentiles(),
    stalenessMs: staleness.percentiles(),
    redis: {
      commandsPerRequest: facts.redisCommands === null ? null : facts.redisCommands / Math.max(1, ended.ok),
    },
    invalidations: settings.invalidateMs === null ? null : invalidationsOf(evidence, measures),
    fencing: foreign ? { accepted: 0, rejected: 0 } : decisionsOn(commits),
    checks,
    ...(foreign && {
      notVisible: notVisibleIn(evidence),
      attribution: foreign.attribution,
      ...(behaviour && { behavesLike: behavesLike(behaviour) }),
    }),
    verdict: verdictOf(checks),
  };
}

const decisionsOn = (commits: Evidence['commits']): RunRecord['fencing'] => ({
  accepted: commits.filter(({ accepted }) => accepted).length,
  rejected: commits.filter(({ accepted }) => !accepted).length,
});

function invalidationsOf({ events, judged }: Evidence, { olderAfter }: Measures): RunRecord['invalidations'] {
  const asked = askedInvalidations(events);
  return {
    asked: asked.length,
    acknowledged: asked.filter(({ isAcknowledged }) => isAcknowledged).length,
    refilled: judged.filter(({ cause }) => cause === 'invalidation').length,
    olderMs: olderAfter.percentiles(),
  };
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

function begunPerSecond({ recomputes }: Evidence, { firstDueAt }: Measures): number[] {
  const seconds: number[] = [];
  for (const { beganWallMs } of recomputes) {
    const second = Math.max(0, Math.floor((beganWallMs - firstDueAt) / 1000));
    while (seconds.length <= second) seconds.push(0);
    seconds[second] = (seconds[second] ?? 0) + 1;
  }
  return seconds;
}
