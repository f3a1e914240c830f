import { type Check, passIf } from './check.ts';

/** Accepted writes come in the order of their fences, and their versions rise with them. */
export const fencing: Check = {
  name: 'fencing order',
  judge({ claim, commits }) {
    if (!claim.fenced) return undefined;
    const accepted = commits.filter(({ accepted }) => accepted);
    const refused = commits.length - accepted.length;
    const fall = accepted.find((commit, index) => {
      const before = accepted[index - 1];
      return before !== undefined && (commit.fence <= before.fence || commit.version <= before.version);
    });
    const tally = `${accepted.length} accepted, ${refused} refused`;
    return fall
      ? passIf(false, `version ${fall.version} under fence ${fall.fence} was accepted out of order; ${tally}`)
      : passIf(true, `${tally}, in order`);
  },
};
