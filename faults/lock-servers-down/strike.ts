import type { Strike } from '../support/strike.ts';
import { nextHolder } from '../support/striking/holder.ts';

/** How many expiries pass without lock servers, beside the one that the holder works on. */
const EXPIRIES = 2;

export const strike: Strike = {
  async plan(scene) {
    const victim = scene.cluster.lockServers.map(({ name }) => name).join(' ');
    return { ...(await nextHolder(scene)), victim };
  },
  async hit({ cluster }) {
    await Promise.all(cluster.lockServers.map(({ name }) => cluster.kill(name)));
  },
  last: ({ last, settings: { ttlMs, recomputeMs, leaseMs } }) =>
    last(EXPIRIES * (ttlMs + recomputeMs) + leaseMs),
  async heal({ cluster }) {
    await Promise.all(cluster.lockServers.map(({ name }) => cluster.restart(name)));
  },
};
