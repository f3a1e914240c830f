import { HUNG_UP } from '../../record/arrival.ts';
import type { Evidence } from '../support/evidence.ts';
import type { Expectation } from '../support/expectation.ts';
import { type Finding, passIf } from '../support/finding.ts';
import { firstAccepted } from '../support/lookups.ts';
import { failuresSince } from '../support/replicas.ts';
import type { Timeline } from '../support/timeline.ts';
import { counting, countingAnswers, together } from '../support/witness.ts';

/** What the lab notes when a client has hung up: the recompute that its request began (`version`). */
export const CLIENT_LEFT = 'client left';

/** Has the client hang up whose request began the recompute. The recompute goes on, for who waits and for the cache. */
export const clientLeaves: Expectation = {
  name: 'client-leaves',
  summary: 'the client whose request began the recompute hangs up half-way',
  guard: 'a flight outlives the caller who began it',
  presets: { TTL: '2s', RECOMPUTE: '600ms', RATE: '200', EXPIRIES: '5' },
  tolerance: () => ({ excuses: ({ status, why }) => status === undefined && why === HUNG_UP }),
  verify(evidence, timeline) {
    const version = Number(timeline.noteOf(CLIENT_LEFT)?.details.version);
    const ofIt = (served: string) =>
      countingAnswers(
        (answer) =>
          answer.version === version &&
          answer.by === timeline.victim &&
          answer.served === served &&
          answer.sentAt < timeline.injectedWallMs,
      );
    const [began, waited] = [ofIt('recomputed'), ofIt('waited')];
    const left = counting(({ why }) => why === HUNG_UP);
    const failed = failuresSince(timeline);
    return together([began, waited, left, failed], () =>
      findingFrom(evidence, timeline, version, {
        ...{ began: began.end(), waited: waited.end(), left: left.end() },
        failed: failed.end() - left.end(),
      }),
    );
  },
};

interface Requests {
  /** Answered as those that began the recompute: somebody else than who left. */
  readonly began: number;
  /** Answered as those that waited in the same replica when the client left. */
  readonly waited: number;
  readonly left: number;
  readonly failed: number;
}

function findingFrom(
  { recomputes, commits, cycles, claim, settings }: Evidence,
  { victim, injectedWallMs }: Timeline,
  version: number,
  { began, waited, left, failed }: Requests,
): Finding {
  const recompute = recomputes.find((one) => one.version === version && one.by === victim);
  if (left === 0 || !recompute)
    return { verdict: 'unknown', detail: 'missed: nobody waited at that replica' };
  if (began > 0) return { verdict: 'unknown', detail: 'missed: another request had begun the recompute' };
  const { endedWallMs = Number.POSITIVE_INFINITY, ending = 'no end' } = recompute;
  if (endedWallMs < injectedWallMs)
    return { verdict: 'unknown', detail: 'missed: the recompute was over by then' };
  const isStored = firstAccepted(commits).has(version);
  const { max = Number.POSITIVE_INFINITY } = claim.recomputesPerExpiry(settings);
  const count = cycles.find((cycle) => cycle.recomputes.includes(recompute))?.recomputes.length ?? 0;
  const detail =
    `the client of ${victim} left in mid-recompute, which ended ${ending}, ${isStored ? 'stored' : 'not stored'}; ` +
    `${waited} who waited there had its value, ${failed} failed; ${count} recompute in that expiry`;
  if (ending !== 'ok' || !isStored || count > max || failed > 0) return passIf(false, detail);
  if (waited === 0 && claim.waits === 'everyone')
    return { verdict: 'unknown', detail: `missed: nobody else waited there; ${detail}` };
  return passIf(true, detail);
}
