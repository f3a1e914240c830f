import { STORE_FROZEN, STORE_THAWS } from '../support/stalled-store.ts';
import type { Strike } from '../support/strike.ts';
import { letGo } from '../support/striking/holder.ts';
import { after, plan } from '../support/striking/redis-outage.ts';

export const strike: Strike = {
  plan,
  async hit(scene, planned) {
    await scene.cluster.pause(planned.victim);
    scene.note(STORE_FROZEN);
    // What was held goes on: a reply to the holder, a commit into the frozen server's buffer.
    await letGo(scene, planned);
  },
  last: ({ last, settings }) => last(2.5 * settings.leaseMs),
  async heal({ cluster, note }, { victim }) {
    note(STORE_THAWS);
    await cluster.resume(victim);
  },
  after,
};
