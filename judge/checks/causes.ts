import type { Cycle, Evidence, Recompute } from '../../faults/support/evidence.ts';
import { knownIf, passIf } from '../../faults/support/finding.ts';
import { mayDegrade } from '../../faults/support/lookups.ts';
import type { WallMs } from '../../strategies/contract/index.ts';
import { CLOCK_SLACK_MS } from '../clocks.ts';
import { isMadeWithStore } from '../cycles.ts';
import type { Check } from './check.ts';

/** How long a member goes on without the store after a command without an answer: it looks again every 250 ms. */
const DOUBT_LASTS_MS = 2000;

/**
 * Checks that every recompute of the key has a cause: the cold start, one expiry, an invalidation, or a fault that took the
 * store or its contents away. Whether an expiry has too many is for another check.
 */
export const causes: Check = {
  name: 'every recompute explained',
  judge(evidence) {
    const { recomputes, cycles, tolerance, timeline } = evidence;
    if (recomputes.length === 0) return knownIf(false, 'nothing was recomputed');
    const alone = recomputes.filter((recompute) => !isMadeWithStore(recompute));
    const left = [
      ...alone.flatMap((recompute) => whyAlone(evidence, recompute) ?? []),
      ...cycles.flatMap(
        (cycle) => whyForgotten(cycle, tolerance.forgetsStore && timeline !== undefined) ?? [],
      ),
      ...unknownVersions(evidence),
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

function whyForgotten({ cause, replaces }: Cycle, mayForget: boolean): string | undefined {
  if (cause !== 'forgotten' || mayForget) return undefined;
  return `version ${replaces} was replaced again though a newer one was stored, and no fault emptied the store`;
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

/** Lists the versions that were replaced although nobody made them. */
function unknownVersions({ cycles, recomputes }: Evidence): string[] {
  const made = new Set(recomputes.map(({ version }) => version));
  return cycles.flatMap(({ replaces }) =>
    replaces === 0 || made.has(replaces)
      ? []
      : [`version ${replaces} was replaced, but the origin never made it`],
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
    ...(['invalidation', 'forgotten'] as const).flatMap((cause) =>
      count(cause) > 0
        ? [`${count(cause)} after ${cause === 'forgotten' ? 'the store lost its values' : 'invalidations'}`]
        : [],
    ),
    ...(alone > 0 ? [`${alone} without the store`] : []),
  ].join(', ');
}
