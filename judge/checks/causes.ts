import type { Commit, Cycle, Evidence, Recompute } from '../../faults/support/evidence.ts';
import { knownIf, passIf } from '../../faults/support/finding.ts';
import { firstAccepted, mayDegrade, NOTICE_MS } from '../../faults/support/lookups.ts';
import type { Timeline } from '../../faults/support/timeline.ts';
import type { WallMs } from '../../strategies/contract/index.ts';
import { mayPassOver } from '../causes/passed-over.ts';
import { neverStored } from '../causes/replaced-versions.ts';
import { unaskedInvalidations } from '../causes/unasked-invalidations.ts';
import { CLOCK_SLACK_MS } from '../clocks.ts';
import { isMadeWithStore } from '../cycles.ts';
import type { Case } from '../evidence.ts';
import type { Check } from './check.ts';

/** How long a member goes on without the store after a command without an answer: it looks again every 250 ms. */
const DOUBT_LASTS_MS = 2000;
/** The causes that only some runs have, as the tally names them. */
const AFTER = {
  invalidation: 'invalidations',
  forgotten: 'the store lost its values',
  corruption: 'the value became unreadable',
} as const satisfies Partial<Record<Cycle['cause'], string>>;

/**
 * Checks that every recompute of the key has a cause: the cold start, the expiry of a version that was stored, an invalidation
 * that the lab asked for, or a fault that took the store or its contents away or spoiled them. Whether an expiry has too many is for another check.
 * A version that is stored a second time fails too: an expiry was filled without a recompute of its own.
 */
export const causes: Check = {
  name: 'every recompute explained',
  judge(evidence) {
    const { recomputes, cycles, events, settings } = evidence;
    if (recomputes.length === 0) return knownIf(false, 'nothing was recomputed');
    const alone = recomputes.filter((recompute) => !isMadeWithStore(recompute));
    const left = [
      ...alone.flatMap((recompute) => whyAlone(evidence, recompute) ?? []),
      ...cycles.flatMap((cycle) => whyForgotten(evidence, cycle) ?? []),
      ...neverStored(evidence),
      ...storedTwice(evidence),
      ...unaskedInvalidations(events, settings.key),
    ];
    const [first] = left;
    if (first !== undefined)
      return passIf(false, left.length > 1 ? `${first}; ${left.length - 1} more` : first);
    return passIf(true, tallyOf(cycles, alone.length));
  },
};

function whyAlone(evidence: Evidence, { version, by, beganWallMs }: Recompute): string | undefined {
  if (mayDegrade(evidence, by, beganWallMs, beganWallMs)) return undefined;
  if (hadNoAnswer(evidence, by, beganWallMs)) return undefined;
  return `version ${version} was recomputed by ${by} without the store, which no fault took away`;
}

function whyForgotten(evidence: Case, cycle: Cycle): string | undefined {
  if (cycle.cause !== 'forgotten') return undefined;
  if (mayForget(evidence, cycle) || mayPassOver(evidence, cycle)) return undefined;
  return `version ${cycle.replaces} was replaced again though a newer one was stored, and no fault emptied the store`;
}

/**
 * Tells whether the fault had emptied the store: shortly before, or what is missing was stored before the blow. Copies in the
 * members may hide the loss for as long as they are good.
 */
const mayForget = ({ struck, commits }: Evidence, cycle: Cycle): boolean =>
  struck.some(({ tolerance, timeline }) => tolerance.forgetsStore && hasForgotten(timeline, commits, cycle));

function hasForgotten(
  { plannedWallMs, injectedWallMs, healedWallMs }: Timeline,
  commits: readonly Commit[],
  cycle: Cycle,
): boolean {
  if (cycle.beganWallMs < plannedWallMs) return false;
  if (cycle.beganWallMs <= healedWallMs + NOTICE_MS) return true;
  return commits.every(
    ({ accepted, version, atStoreMs, atWallMs }) =>
      !accepted || version <= cycle.replaces || atStoreMs >= cycle.beganStoreMs || atWallMs < injectedWallMs,
  );
}

/** Tells whether the member's own journal says that the store did not answer it just before. */
const hadNoAnswer = ({ events }: Evidence, by: string, atWallMs: WallMs): boolean =>
  events.some(
    (event) =>
      event.event === 'store-unavailable' &&
      event.by === by &&
      event.at <= atWallMs + CLOCK_SLACK_MS &&
      event.at > atWallMs - DOUBT_LASTS_MS,
  );

/** Lists the versions that the store accepted more than once. */
function storedTwice({ commits }: Evidence): string[] {
  const first = firstAccepted(commits);
  return commits.flatMap((commit) =>
    commit.accepted && first.get(commit.version) !== commit
      ? [`version ${commit.version} was stored again by ${commit.by}, which gave it a second life`]
      : [],
  );
}

function tallyOf(cycles: readonly Cycle[], alone: number): string {
  const count = (cause: Cycle['cause']) =>
    cycles
      .filter((cycle) => cycle.cause === cause)
      .reduce((sum, { recomputes }) => sum + recomputes.length, 0);
  return [
    `${count('cold')} for the cold start`,
    `${count('expiry')} for expiries`,
    ...Object.entries(AFTER).flatMap(([cause, what]) => {
      const recomputes = count(cause as keyof typeof AFTER);
      return recomputes > 0 ? [`${recomputes} after ${what}`] : [];
    }),
    ...(alone > 0 ? [`${alone} without the store`] : []),
  ].join(', ');
}
