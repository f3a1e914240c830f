import type { Settings } from '../../record/settings.ts';
import { type Claim, claimedQueueMs } from '../../strategies/contract/index.ts';
import type { Evidence } from '../support/evidence.ts';
import type { Expectation } from '../support/expectation.ts';
import { type Finding, passIf } from '../support/finding.ts';
import { forEachCrossed, isHeldToClaim } from '../support/lookups.ts';
import { failuresSince, livesIn, mostRecomputes } from '../support/replicas.ts';
import type { Timeline } from '../support/timeline.ts';
import { answersTo, together, type Witness } from '../support/witness.ts';

export const ADDED = 2;

/** In how many expiries each new replica must take part. */
export const EXPIRIES_TOGETHER = 2;

/** Adds replicas under load, and removes them again. */
export const scaleOut: Expectation = {
  name: 'scale-out',
  summary: `add ${ADDED} replicas under load, and take them away again`,
  guard: 'the lease and the wake-ups are the fleet’s, whoever joins; a stopped replica drains',
  presets: { TTL: '2s', RECOMPUTE: '300ms', RATE: '200', EXPIRIES: '6' },
  outside: {
    needsProcess: true,
    tolerance: () => ({}),
    verify: verifyFromOutside,
  },
  onlyInRuns: 'it adds replicas, and a cluster of make up keeps those that it has',
  tolerance: (settings, claim) => ({
    extraRecomputes: growthOfClaim(settings, claim),
    extraWaitMs: growthOfQueueMs(settings, claim),
  }),
  verify(evidence, timeline) {
    const { plannedWallMs, healedWallMs } = timeline;
    const added = livesIn(evidence.events).filter(({ startedAt }) => startedAt > plannedWallMs);
    const partsOf = new Map(added.map(({ name }) => [name, new Set<number>()]));
    const answers = answersTo((answer) => {
      const parts = partsOf.get(answer.by ?? '');
      if (parts) forEachCrossed(evidence.judged, answer, (expiry) => parts.add(expiry));
    });
    const failures = failuresSince(evidence, timeline);
    const gone = added.filter(
      ({ drained, stoppedAt = Number.POSITIVE_INFINITY }) => drained === true && stoppedAt <= healedWallMs,
    ).length;
    const most = mostRecomputes(evidence);
    return together([answers, failures], () => {
      const expiries = added.map(({ name }) => partsOf.get(name)?.size ?? 0);
      if (added.length !== ADDED || Math.min(...expiries) < EXPIRIES_TOGETHER) {
        return {
          verdict: 'unknown',
          detail: `missed: ${added.length} replicas came, with a part in ${expiries.join(' and ') || 'no'} expiries`,
        };
      }
      const failed = failures.end();
      return passIf(
        gone === ADDED && failed === 0 && isHeldToClaim(evidence),
        `${added.map(({ name }) => name).join(' and ')} had a part in ${expiries.join(' and ')} expiries, ${gone} drained; ` +
          `${failed} requests failed; at most ${most} recomputes an expiry`,
      );
    });
  },
};

/** Judges the same where no replica says when it comes and goes: the new ones are those that had not answered before. */
function verifyFromOutside(evidence: Evidence, timeline: Timeline): Witness<Finding> {
  const before = new Set<string>();
  const partsOf = new Map<string, Set<number>>();
  const answers = answersTo((answer) => {
    const { by = '', sentAt } = answer;
    if (sentAt < timeline.plannedWallMs) before.add(by);
    if (before.has(by)) return;
    const parts = partsOf.get(by) ?? new Set<number>();
    partsOf.set(by, parts);
    forEachCrossed(evidence.judged, answer, (expiry) => parts.add(expiry));
  });
  const failures = failuresSince(evidence, timeline);
  return together([answers, failures], () => {
    const names = [...partsOf.keys()];
    const expiries = [...partsOf.values()].map(({ size }) => size);
    if (names.length !== ADDED || Math.min(...expiries) < EXPIRIES_TOGETHER)
      return {
        verdict: 'unknown',
        detail: `missed: ${names.length} replicas came, with a part in ${expiries.join(' and ') || 'no'} expiries`,
      };
    const failed = failures.end();
    return passIf(
      failed === 0 && isHeldToClaim(evidence),
      `${names.join(' and ')} had a part in ${expiries.join(' and ')} expiries; ${failed} requests failed; ` +
        `at most ${mostRecomputes(evidence)} recomputes an expiry`,
    );
  });
}

/** Gives how much the claim rises with the fleet. That of single-flight does, that of a lock does not. */
function growthOfClaim(settings: Settings, claim: Claim): number {
  const most = (replicas: number) => claim.recomputesPerExpiry({ ...settings, replicas }).max ?? 0;
  return most(settings.replicas + ADDED) - most(settings.replicas);
}

/** Gives how much longer the claim lets a request queue at the origin in the larger fleet. */
const growthOfQueueMs = (settings: Settings, claim: Claim): number =>
  claimedQueueMs(claim, { ...settings, replicas: settings.replicas + ADDED }) -
  claimedQueueMs(claim, settings);
