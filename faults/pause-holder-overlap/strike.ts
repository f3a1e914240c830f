import { pointOf } from '../support/points.ts';
import type { Strike } from '../support/strike.ts';
import { nextHolder } from '../support/striking/holder.ts';
import { letCommitThrough } from '../support/striking/late-commit.ts';

export const strike: Strike = {
  plan: nextHolder,
  hit: ({ cluster }, { victim }) => cluster.pause(victim),
  async last(scene, plan) {
    const { until, journals, settings } = scene;
    const { fence = 0 } = plan;
    const granted = () =>
      journals.events.find(
        (event) => event.event === 'granted' && event.key === settings.key && event.fence > fence,
      );
    await until('a grant to another replica', granted, settings.leaseMs + 5000);
    if (pointOf(settings) === 'committing') await letCommitThrough(scene, plan);
  },
  heal: ({ cluster }, { victim }) => cluster.resume(victim),
};
