import type { Traffic } from '../../../cluster/cluster.ts';
import { isDecidedCommit } from '../../../record/events.ts';
import { MemberFailed } from '../../../services/shared/lab-errors.ts';
import { SLOW } from '../slowness.ts';
import type { Scene, Strike } from '../strike.ts';
import { patienceMs, untilWarm } from './warm.ts';

/** How many fills the delay lasts. */
const FILLS = 4;

/** Makes a strike that delays one kind of traffic of all members. */
export const slowing = (of: Traffic): Strike => ({
  bearsInvalidations: true,
  async plan(scene) {
    await untilWarm(scene);
    return { victim: 'redis' };
  },
  hit: (scene) => delayAll(scene, of, SLOW),
  async last(scene) {
    const { until, journals, settings } = scene;
    const fills = () =>
      journals.events.filter((event) => isDecidedCommit(event) && event.key === settings.key).length;
    const enough = fills() + FILLS;
    await until(`${FILLS} fills`, () => (fills() >= enough ? true : undefined), patienceMs(scene));
  },
  heal: (scene) => delayAll(scene, of, { ms: 0, jitterMs: 0 }),
});

async function delayAll({ cluster }: Scene, of: Traffic, { ms, jitterMs }: typeof SLOW): Promise<void> {
  const { relay, replicas, refreshers } = cluster;
  if (!relay) throw new MemberFailed('a delay needs a relay, and the cluster has none');
  await Promise.all([...replicas, ...refreshers].map(({ name }) => relay.delay(name, ms, { jitterMs, of })));
}
