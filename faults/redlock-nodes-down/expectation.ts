import type { Expectation } from '../support/expectation.ts';
import { passIf } from '../support/finding.ts';
import { isTouched } from '../support/lookups.ts';

/** Kills two of the five lock servers while the lease is held. Three are a majority: nobody notices. */
export const redlockNodesDown: Expectation = {
  name: 'redlock-nodes-down',
  summary: 'SIGKILL two of five lock servers for four expiries',
  guard: 'the majority rule: three of five are enough',
  presets: { LEASE_BACKEND: 'redlock', TTL: '2s', RECOMPUTE: '600ms', RATE: '200', EXPIRIES: '5' },
  needs: { LEASE_BACKEND: 'redlock' },
  tolerance: () => ({}),
  verify(evidence, { fence, injectedWallMs, healedWallMs }) {
    const { commits, judged } = evidence;
    const held = commits.find((commit) => commit.fence === fence);
    const meanwhile = judged.filter(
      (cycle) =>
        isTouched(evidence, cycle) &&
        cycle.filledWallMs > injectedWallMs &&
        cycle.filledWallMs < healedWallMs,
    );
    if (!held || held.atWallMs < injectedWallMs || meanwhile.length < 2)
      return { verdict: 'unknown', detail: 'missed: nothing was filled with two servers down' };
    const most = Math.max(...meanwhile.map(({ recomputes }) => recomputes.length));
    return passIf(
      held.accepted && most === 1,
      `the lease held by five was good with three: its commit was ${held.accepted ? 'accepted' : 'refused'}; ` +
        `${meanwhile.length} expiries with two servers down, at most ${most} recompute each`,
    );
  },
};
