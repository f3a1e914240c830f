import { pointOf } from '../support/points.ts';
import type { Strike } from '../support/strike.ts';
import { letGo, nextHolder, untilFilledByAnother } from '../support/striking/holder.ts';
import { letCommitThrough } from '../support/striking/late-commit.ts';
import { LEASES_AFTER_COMMIT } from './expectation.ts';

export const strike: Strike = {
  plan: nextHolder,
  hit: ({ cluster }, { victim }) => cluster.pause(victim),
  async last(scene, plan) {
    const { settings } = scene;
    const point = pointOf(settings);
    // Nobody else writes before the value is due.
    if (point === 'committed') await scene.last(LEASES_AFTER_COMMIT * settings.leaseMs);
    else await untilFilledByAnother(scene, plan);
    if (point === 'committing') await letCommitThrough(scene, plan);
    else await letGo(scene, plan);
  },
  heal: ({ cluster }, { victim }) => cluster.resume(victim),
};
