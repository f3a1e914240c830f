import { UNDER_A_FAULT } from '../mutant.ts';
import type { LineMutant } from './line-mutant.ts';

/** Replicas that do the wrong thing while Redis is slow, or while no lease can be had. */
export const outages: readonly LineMutant[] = [
  {
    name: 'hasty-store',
    difference: 'whose replicas take Redis for gone after 60 ms',
    strategy: 'lock',
    fault: 'redis-slow',
    presets: UNDER_A_FAULT,
    mustFail: ['fault hit and answered', 'served from the store'],
    lines: [
      {
        file: 'backends/redis/ioredis/connection.ts',
        find: 'commandTimeout: commandTimeoutMs,',
        replace: 'commandTimeout: Math.min(60, commandTimeoutMs),',
      },
    ],
  },
  {
    name: 'no-lease-no-store',
    difference: 'that takes the store for gone when it cannot have the lease',
    strategy: 'lock',
    fault: 'store-read-only',
    presets: UNDER_A_FAULT,
    mustFail: ['fault hit and answered', 'every request accounted for'],
    lines: [
      {
        file: 'strategies/shared/degraded.ts',
        find: 'return getWithoutLease(key, signal);',
        replace: 'throw error;',
      },
    ],
  },
  {
    name: 'leaseless-herd',
    difference: 'whose callers each refresh a stale value while the lock servers are down',
    strategy: 'lock',
    fault: 'lock-servers-down',
    presets: { ...UNDER_A_FAULT, LEASE_BACKEND: 'memcached' },
    mustFail: ['fault hit and answered'],
    lines: [
      {
        file: 'strategies/shared/without-lease.ts',
        find: 'if (!flight.has(key) && !refill.isPausing(key)) flight.join(key, () => refill.run(key)).catch(() => {});',
        replace: 'refill.run(key).catch(() => {});',
      },
    ],
  },
];
