import { isForeign } from '../../record/foreign/foreign.ts';
import { wallTimeMs } from '../../services/shared/wall-time.ts';
import type { Scene, Strike } from '../support/strike.ts';
import { patienceMs, untilWarm } from '../support/striking/warm.ts';
import { REPLACED } from './outside.ts';

export const strike: Strike = {
  bearsInvalidations: true,
  async plan(scene) {
    await untilWarm(scene);
    return { victim: 'every replica' };
  },
  /** Each replica is a blow of its own. */
  hit: async () => {},
  async last(scene) {
    const { cluster, note, route } = scene;
    const left = new Set(cluster.replicas.map(({ name }) => name));
    while (left.size > 0) {
      const by = await nextRecompute(scene);
      // A replica that does not recompute has waiters by now.
      const victim = left.has(by) ? by : ([...left][0] as string);
      left.delete(victim);
      await route(cluster.replicas.filter(({ name }) => name !== victim));
      const stoppingAt = wallTimeMs();
      await cluster.stop(victim);
      await cluster.restart(victim);
      // The lab's own replicas record it themselves.
      if (isForeign(scene.settings)) note(REPLACED, { name: victim, stoppingAt, readyAt: wallTimeMs() });
      await route(cluster.replicas);
    }
  },
  async heal({ cluster, route }) {
    for (const { name, pid } of cluster.replicas) if (pid === undefined) await cluster.restart(name);
    await route(cluster.replicas);
  },
};

/** Waits until the next recompute of the key begins, and gives its asker. */
async function nextRecompute(scene: Scene): Promise<string> {
  const { until, journals, settings } = scene;
  const begun = () =>
    journals.ledger.flatMap((line) => (line.event === 'begin' && line.key === settings.key ? [line] : []));
  journals.refresh();
  const before = begun().length;
  return (await until('the next recompute', () => begun()[before], patienceMs(scene))).by;
}
