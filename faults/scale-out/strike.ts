import { isDecidedCommit } from '../../record/events.ts';
import type { Strike } from '../support/strike.ts';
import { patienceMs, untilWarm } from '../support/striking/warm.ts';
import { ADDED, EXPIRIES_TOGETHER } from './expectation.ts';

/** One more: the expiry in which they came may be over before a request reaches them. */
const FILLS_TOGETHER = EXPIRIES_TOGETHER + 1;

export const strike: Strike = {
  bearsInvalidations: true,
  async plan(scene) {
    await untilWarm(scene);
    return { victim: 'the fleet' };
  },
  async hit({ cluster, route }) {
    for (let count = 0; count < ADDED; count++) await cluster.add();
    await route(cluster.replicas);
  },
  async last(scene) {
    const { until, journals, settings } = scene;
    const fills = () =>
      journals.events.filter((event) => isDecidedCommit(event) && event.key === settings.key).length;
    const before = fills();
    await until(
      'expiries with the new replicas',
      () => (fills() >= before + FILLS_TOGETHER ? true : undefined),
      patienceMs(scene),
    );
  },
  async heal({ cluster, route, settings }) {
    const original = cluster.replicas.slice(0, settings.replicas);
    await route(original);
    for (const { name } of cluster.replicas.slice(settings.replicas)) await cluster.stop(name);
  },
};
