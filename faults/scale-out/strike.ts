import { announce } from '../../cluster/tell-origin.ts';
import { isForeign } from '../../record/foreign/foreign.ts';
import type { Strike } from '../support/strike.ts';
import { fillsOf, patienceMs, untilWarm } from '../support/striking/warm.ts';
import { ADDED, EXPIRIES_TOGETHER } from './expectation.ts';

/** One more: the expiry in which they came may be over before a request reaches them. */
const FILLS_TOGETHER = EXPIRIES_TOGETHER + 1;

export const strike: Strike = {
  bearsInvalidations: true,
  async plan(scene) {
    await untilWarm(scene);
    return { victim: 'the fleet' };
  },
  async hit({ cluster, route, settings }) {
    for (let count = 0; count < ADDED; count++) {
      // The lab's own replicas tell the origin themselves who they are.
      if (isForeign(settings)) await announce(cluster.origin, `app-${cluster.replicas.length + 1}`);
      await cluster.add();
    }
    await route(cluster.replicas);
  },
  async last(scene) {
    const before = fillsOf(scene);
    await scene.until(
      'expiries with the new replicas',
      () => (fillsOf(scene) >= before + FILLS_TOGETHER ? true : undefined),
      patienceMs(scene),
    );
  },
  async heal({ cluster, route, settings }) {
    const original = cluster.replicas.slice(0, settings.replicas);
    await route(original);
    for (const { name } of cluster.replicas.slice(settings.replicas)) await cluster.stop(name);
  },
};
