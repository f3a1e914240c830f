import { strike } from '../../faults/redis-down/strike.ts';
import type { Rehearsal } from './rehearsal.ts';

export const degradedMode: Rehearsal = {
  alert: 'DegradedMode',
  values: { STRATEGY: 'lock', TTL: '1s' },
  breaks: 'Redis is killed',
  remedy: 'bring Redis back: make heal',
  hit: async (scene) => strike.hit(scene, await strike.plan(scene)),
  heal: ({ cluster }) => cluster.restart(cluster.redis.name),
};
