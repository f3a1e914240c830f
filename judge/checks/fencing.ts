import type { Commit } from '../../faults/support/evidence.ts';
import { passIf } from '../../faults/support/finding.ts';
import { orderIn } from '../evidence.ts';
import type { Check } from './check.ts';

/**
 * Checks that fences and versions rise from each accepted write to the next. A write that was settled by other evidence has
 * a range of moments: it fails if it is out of order at all of them, and is unknown if it is at some. Fewer than two
 * accepted writes have no order.
 */
export const fencing: Check = {
  name: 'fencing order',
  inside: 'what the service writes, and under which fence',
  judge(evidence) {
    const { claim, commits } = evidence;
    if (!claim.fenced) return undefined;
    const accepted = commits.filter(({ accepted }) => accepted);
    const refused = commits.length - accepted.length;
    const byOrder = Map.groupBy(accepted, ({ by, atWallMs }) => orderIn(evidence, by, atWallMs, atWallMs));
    byOrder.delete(undefined);
    const orders = [...byOrder.values()];
    const tally = `${accepted.length} accepted, ${refused} refused`;
    const nameOf = ({ version, fence }: Commit) => `version ${version} under fence ${fence}`;
    const fall = orders.flatMap(falls)[0];
    if (fall) return passIf(false, `${nameOf(fall)} was accepted out of order; ${tally}`);
    const doubtful = orders.flatMap(perhapsOutOfOrder)[0];
    if (doubtful)
      return { verdict: 'unknown', detail: `${nameOf(doubtful)} may be out of order: it has no exact time` };
    if (!orders.some(({ length }) => length > 1))
      return { verdict: 'unknown', detail: `${tally}: nothing to put in order` };
    return passIf(true, `${tally}, in order`);
  },
};

const isInexact = ({ until }: Commit): boolean => until !== undefined;
const latestStoreMs = ({ until, atStoreMs }: Commit): number => until?.storeMs ?? atStoreMs;
const mayFollow = (before: Commit, after: Commit): boolean =>
  after.fence > before.fence && after.version > before.version;

/** Gives the writes that are out of order for certain. */
function falls(accepted: readonly Commit[]): Commit[] {
  const exact = accepted.filter((commit) => !isInexact(commit));
  const fallen = exact.filter((commit, index) => {
    const before = exact[index - 1];
    return before !== undefined && !mayFollow(before, commit);
  });
  const couldPrecede = (one: Commit, other: Commit) => one.atStoreMs <= latestStoreMs(other);
  const inexact = accepted
    .filter(isInexact)
    .filter((commit) =>
      accepted.some(
        (other) =>
          other !== commit &&
          !(mayFollow(commit, other) && couldPrecede(commit, other)) &&
          !(mayFollow(other, commit) && couldPrecede(other, commit)),
      ),
    );
  return [...fallen, ...inexact];
}

/** Gives the inexact writes that are out of order at some of their possible moments. */
const perhapsOutOfOrder = (accepted: readonly Commit[]): Commit[] =>
  accepted.filter(isInexact).filter((commit) =>
    accepted.some((other) => {
      if (other === commit) return false;
      const [before, after] = mayFollow(commit, other) ? [commit, other] : [other, commit];
      return latestStoreMs(before) > after.atStoreMs;
    }),
  );
