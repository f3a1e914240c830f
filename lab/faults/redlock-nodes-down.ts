import { passIf } from '../checks/check.ts';
import { touched } from '../checks/evidence.ts';
import type { Fault } from './fault.ts';
import { nextHolder } from './holder.ts';
import { patienceMs } from './warm.ts';

const VICTIMS = ['lock-1', 'lock-2'];
/** Fills that the servers stay down for, the one under way included. */
const FILLS = 4;

/** SIGKILL to two of the five lock servers while the lease is held. Three are a majority: nobody notices. */
export const redlockNodesDown: Fault = {
  name: 'redlock-nodes-down',
  summary: 'SIGKILL two of five lock servers for four expiries',
  guard: 'the majority rule: three of five are enough',
  presets: { LEASE_BACKEND: 'redlock', TTL: '2s', RECOMPUTE: '600ms', RATE: '200', EXPIRIES: '5' },
  needs: { LEASE_BACKEND: 'redlock' },
  tolerance: () => ({}),
  plan: async (bench) => ({ ...(await nextHolder(bench)), victim: VICTIMS.join(' ') }),
  async inject(bench, { fence = 0 }) {
    const { cluster, until, journals } = bench;
    await Promise.all(VICTIMS.map((name) => cluster.kill(name)));
    const fills = () =>
      journals.events.filter(
        (event) => event.event === 'commit' && event.outcome === 'accepted' && event.fence >= fence,
      ).length;
    await until(`${FILLS} fills`, () => (fills() >= FILLS ? true : undefined), patienceMs(bench));
  },
  async heal({ cluster }) {
    await Promise.all(VICTIMS.map((name) => cluster.restart(name)));
  },
  verify(evidence, { fence, injectedAt, healedAt }) {
    const { commits, judged } = evidence;
    const held = commits.find((commit) => commit.fence === fence);
    const meanwhile = judged.filter(
      (cycle) => touched(evidence, cycle) && cycle.filledAt > injectedAt && cycle.filledAt < healedAt,
    );
    if (!held || held.at < injectedAt || meanwhile.length < 2)
      return { verdict: 'unknown', detail: 'missed: nothing was filled with two servers down' };
    const most = Math.max(...meanwhile.map(({ recomputes }) => recomputes.length));
    return passIf(
      held.accepted && most === 1,
      `the lease held by five was good with three: its commit was ${held.accepted ? 'accepted' : 'refused'}; ` +
        `${meanwhile.length} expiries with two servers down, at most ${most} recompute each`,
    );
  },
};
