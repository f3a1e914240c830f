import type { Commit } from '../../faults/support/evidence.ts';
import { passIf } from '../../faults/support/finding.ts';
import { orderIn } from '../evidence.ts';
import type { Check } from './check.ts';

/** Checks that fences and versions rise from each accepted write to the next. */
export const fencing: Check = {
  name: 'fencing order',
  judge(evidence) {
    const { claim, commits } = evidence;
    if (!claim.fenced) return undefined;
    const accepted = commits.filter(({ accepted }) => accepted);
    const refused = commits.length - accepted.length;
    const orders = Map.groupBy(accepted, ({ by, atWallMs }) => orderIn(evidence, by, atWallMs, atWallMs));
    orders.delete(undefined);
    const fall = [...orders.values()].map(firstFall).find((found) => found !== undefined);
    const tally = `${accepted.length} accepted, ${refused} refused`;
    return fall
      ? passIf(false, `version ${fall.version} under fence ${fall.fence} was accepted out of order; ${tally}`)
      : passIf(true, `${tally}, in order`);
  },
};

const firstFall = (accepted: readonly Commit[]): Commit | undefined =>
  accepted.find((commit, index) => {
    const before = accepted[index - 1];
    return before !== undefined && (commit.fence <= before.fence || commit.version <= before.version);
  });
