import { type Arrival, HUNG_UP } from '../../record/arrival.ts';
import type { WallMs } from '../../strategies/contract/index.ts';
import type { Evidence } from '../support/evidence.ts';
import type { Expectation } from '../support/expectation.ts';
import { type Finding, passIf } from '../support/finding.ts';
import { firstAccepted, mostRecomputesIn } from '../support/lookups.ts';
import { failuresSince } from '../support/replicas.ts';
import type { Timeline } from '../support/timeline.ts';
import { countingAnswers, together, type Witness } from '../support/witness.ts';

/** What the lab notes when a client has hung up: the recompute that its request began (`version`). */
export const CLIENT_LEFT = 'client left';

/** Has the client hang up whose request began the recompute. The recompute goes on, for who waits and for the cache. */
export const clientLeaves: Expectation = {
  name: 'client-leaves',
  summary: 'the client whose request began the recompute hangs up half-way',
  guard: 'a flight outlives the caller who began it',
  onlyInRuns: 'its client is one of the herd of a run',
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
    const left = sentAtOf(({ why }) => why === HUNG_UP);
    const failed = failuresSince(evidence, timeline);
    return together([began, waited, left, failed], () =>
      findingFrom(evidence, timeline, version, {
        ...{ began: began.end(), waited: waited.end(), leftSentAt: left.end(), failed: failed.end() },
      }),
    );
  },
};

/** How far two clocks of one machine, read one after another, may be apart. */
const CLOCK_MS = 5;

/** Gives when the last request of which the test is true was sent. */
function sentAtOf(test: (arrival: Arrival) => boolean): Witness<WallMs | undefined> {
  let last: WallMs | undefined;
  return {
    see(arrival) {
      if (test(arrival)) last = arrival.sentAt;
    },
    end: () => last,
  };
}

interface Requests {
  /** Answered as those that began the recompute: somebody else than who left. */
  readonly began: number;
  /** Answered as those that waited in the same replica when the client left. */
  readonly waited: number;
  /** When the request of who left was sent, by the wall clock; undefined: nobody left. */
  readonly leftSentAt: WallMs | undefined;
  readonly failed: number;
}

function findingFrom(
  evidence: Evidence,
  { victim, injectedWallMs }: Timeline,
  version: number,
  { began, waited, leftSentAt, failed }: Requests,
): Finding {
  const { recomputes, commits, cycles, claim } = evidence;
  const recompute = recomputes.find((one) => one.version === version && one.by === victim);
  if (leftSentAt === undefined || !recompute)
    return { verdict: 'unknown', detail: 'missed: nobody waited at that replica' };
  if (began > 0 || leftSentAt > recompute.beganWallMs + CLOCK_MS)
    return { verdict: 'unknown', detail: 'missed: another request had begun the recompute' };
  const { endedWallMs = Number.POSITIVE_INFINITY, ending = 'no end' } = recompute;
  if (endedWallMs < injectedWallMs)
    return { verdict: 'unknown', detail: 'missed: the recompute was over by then' };
  const isStored = firstAccepted(commits).has(version);
  const cycle = cycles.find(({ recomputes }) => recomputes.includes(recompute));
  const count = cycle?.recomputes.length ?? 0;
  const isWithinClaim = !cycle || count <= mostRecomputesIn(evidence, cycle);
  const detail =
    `the client of ${victim} left in mid-recompute, which ended ${ending}, ${isStored ? 'stored' : 'not stored'}; ` +
    `${waited} who waited there had its value, ${failed} failed; ${count} recompute in that expiry`;
  if (ending !== 'ok' || !isStored || !isWithinClaim || failed > 0) return passIf(false, detail);
  if (waited === 0 && claim.waits === 'everyone')
    return { verdict: 'unknown', detail: `missed: nobody else waited there; ${detail}` };
  return passIf(true, detail);
}
