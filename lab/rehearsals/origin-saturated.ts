import { tellOrigin } from '../../cluster/tell-origin.ts';
import type { Rehearsal } from './rehearsal.ts';

const SLOW_MS = 2000;

/**
 * Each key takes 2 s of one of 4 workers: 20 keys need 10 s per round, and are due again after TTL + 2 s = 5 s. So the queue
 * never empties. The lease is long enough that the wait in the queue sets off no other alert.
 */
export const originSaturated: Rehearsal = {
  alert: 'OriginSaturated',
  values: { STRATEGY: 'lock', ORIGIN_CAPACITY: '4', LEASE: '5s' },
  keys: 20,
  breaks: 'every recompute takes 2 s: ten times as long as before',
  remedy: 'repair the origin: make heal',
  hit: ({ cluster }) => tellOrigin(cluster.origin, { slowShare: 1, slowMs: SLOW_MS }),
  heal: ({ cluster }) => tellOrigin(cluster.origin, { slowShare: 0 }),
};
