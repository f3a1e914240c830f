import { tellOrigin } from '../../cluster/tell-origin.ts';
import type { Rehearsal } from './rehearsal.ts';

/** Six leases of 1 s; the alert fires after two. */
const SLOW_MS = 6000;

export const leaseHeldTooLong: Rehearsal = {
  alert: 'LeaseHeldTooLong',
  values: { STRATEGY: 'lock', TTL: '1s', LEASE: '1s' },
  breaks: 'every recompute takes 6 s, under a lease of 1 s',
  remedy: 'leave the lease alone, and repair the origin: make heal',
  hit: ({ cluster }) => tellOrigin(cluster.origin, { slowShare: 1, slowMs: SLOW_MS }),
  heal: ({ cluster }) => tellOrigin(cluster.origin, { slowShare: 0 }),
};
