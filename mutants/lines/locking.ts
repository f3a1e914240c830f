import { BRIEFLY, UNDER_A_FAULT } from '../mutant.ts';
import type { LineMutant } from './line-mutant.ts';

const LOCK = 'strategies/lock.ts';
const WAIT = 'await watch.filled(';

/** Locks, leases and flights that let in too many, or let them wait in the wrong way. */
export const locking: readonly LineMutant[] = [
  {
    name: 'impatient-follower',
    difference: 'whose followers recompute although the lease is held',
    strategy: 'lock',
    presets: BRIEFLY,
    mustFail: ['recomputes per expiry'],
    quick: true,
    lines: [
      {
        file: LOCK,
        find: "case 'held': {",
        replace: `case 'held': {
          const seen = await parts.cache.read(key);
          const context = { seenStoreMs: seen.atStoreMs, replaces: seen.newestVersion };
          const made = await parts.origin.recompute(key, context);
          const times = { softTtlMs: 1, hardTtlMs: 1 };
          return { entry: { ...made, ...times, fence: acquired.fence }, served: 'recomputed' };`,
      },
    ],
  },
  {
    name: 'stray-recompute',
    difference: 'whose hits recompute the value for nothing, now and then',
    strategy: 'lock',
    presets: BRIEFLY,
    mustFail: ['every recompute explained'],
    quick: true,
    lines: [
      {
        file: LOCK,
        find: 'failures.forget(key);\n          return { entry',
        replace:
          'if (parts.random() < 0.002) void parts.origin.recompute(key, {}).catch(() => {});\n          return { entry',
      },
    ],
  },
  {
    name: 'stray-invalidation',
    difference: 'that invalidates its key on a hit, now and then',
    strategy: 'lock',
    presets: BRIEFLY,
    mustFail: ['every recompute explained'],
    lines: [
      {
        file: LOCK,
        find: 'failures.forget(key);\n          return { entry',
        replace:
          'if (parts.random() < 0.002) void parts.cache.invalidate(key).catch(() => {});\n          return { entry',
      },
    ],
  },
  {
    name: 'early-lock',
    difference: 'that replaces a value 300 ms before it is due',
    strategy: 'lock',
    presets: BRIEFLY,
    mustFail: ['recomputed only when due'],
    quick: true,
    lines: [
      {
        file: LOCK,
        find: 'if (isFresh(entry)) {',
        replace: 'if (isFresh(entry) && entry.softTtlMs > 300) {',
      },
      // Else the second look would find the value fresh.
      {
        file: LOCK,
        find: 'await lease.acquire(key);',
        replace: 'await lease.acquire(key, (await parts.cache.read(key)).newestVersion);',
      },
    ],
  },
  {
    name: 'convoy',
    difference: 'whose callers all wait at Redis',
    strategy: 'lock',
    presets: BRIEFLY,
    mustFail: ['one waiter per replica'],
    lines: [
      {
        file: LOCK,
        find: 'flightFor<Answer<V> | undefined>(',
        replace: 'flightFor<Answer<V> | undefined>({ singleFlight: false } as never) ?? (',
      },
    ],
  },
  {
    // No divisor of a recompute's 200 ms, or they would look just when the value is there.
    name: 'sleepy-waiters',
    difference: 'whose waiters look again every 150 ms',
    strategy: 'lock',
    presets: BRIEFLY,
    mustFail: ['woken, not polling'],
    quick: true,
    lines: [
      {
        file: LOCK,
        find: WAIT,
        replace: 'await ((..._: unknown[]) => clock.sleep(150).then(() => undefined))(',
      },
    ],
  },
  {
    name: 'busy-for-waiters',
    difference: 'that answers with an error while another holds the lease',
    strategy: 'lock',
    presets: BRIEFLY,
    mustFail: ['every request accounted for'],
    lines: [
      {
        file: LOCK,
        find: "case 'held': {",
        replace:
          "case 'held': {\n          throw new Contended('it is being recomputed; try again', { key });",
      },
    ],
  },
  {
    name: 'endless-wait',
    difference: 'whose waiters wait for a value, however long the lease still lasts',
    strategy: 'lock',
    fault: 'kill-holder',
    presets: UNDER_A_FAULT,
    mustFail: ['fault hit and answered', 'every request accounted for', 'bounded waits'],
    lines: [
      {
        file: LOCK,
        find: WAIT,
        replace: 'await ((fence: number, _: unknown) => watch.filled(fence, 60_000))(',
      },
    ],
  },
  {
    name: 'no-flight',
    difference: 'whose callers share no recompute',
    strategy: 'single-flight',
    presets: BRIEFLY,
    mustFail: ['recomputes per expiry'],
    lines: [
      {
        file: 'strategies/single-flight.ts',
        find: 'collapsed(await flight.join(key, () => recompute(key), signal))',
        replace: 'await recompute(key)',
      },
    ],
  },
  {
    name: 'late-renewal',
    difference: 'that renews a lease only when it is over',
    strategy: 'lock',
    presets: { TTL: '1s', RECOMPUTE: '1500ms', LEASE: '500ms', RATE: '200', EXPIRIES: '3' },
    mustFail: ['recomputes per expiry', 'every request accounted for'],
    lines: [
      {
        file: 'strategies/shared/leased-recompute.ts',
        find: 'clock.every(lease.ttlMs / 3,',
        replace: 'clock.every(lease.ttlMs * 2,',
      },
    ],
  },
];
