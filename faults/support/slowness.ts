// Shared by the faults that delay what is between the members and Redis.

import type { Presets } from './expectation.ts';

/** One way. Both ways together stay well below the time-out of a command. */
export const SLOW = { ms: 50, jitterMs: 50 };
export const LONGEST_MS = SLOW.ms + SLOW.jitterMs;

/** The relay is in front of one server. */
export const needs: Presets = { STORE: 'single' };
export const presets: Presets = {
  ...needs,
  TTL: '2s',
  RECOMPUTE: '300ms',
  RATE: '200',
  EXPIRIES: '4',
};

/** How many round trips a request may make one after another: two looks, the lease, and the commit. */
const ROUND_TRIPS = 4;
export const SLOW_REQUEST_MS = ROUND_TRIPS * 2 * LONGEST_MS;
