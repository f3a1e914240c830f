import { BRIEFLY } from '../mutant.ts';
import type { LineMutant } from './line-mutant.ts';

/** Strategies that serve stale values in the wrong way. */
export const stale: readonly LineMutant[] = [
  {
    name: 'slow-stale',
    difference: 'that keeps its callers waiting for 150 ms',
    strategy: 'stale-while-revalidate',
    presets: BRIEFLY,
    mustFail: ['bounded waits'],
    quick: true,
    lines: [
      {
        file: 'strategies/stale-while-revalidate.ts',
        find: 'if (due) refresh(key, entry.version);',
        replace: 'if (due) refresh(key, entry.version);\n      if (due) await parts.clock.sleep(150);',
      },
    ],
  },
  {
    name: 'losers-wait',
    difference: 'whose losers wait for the winner of their replica',
    strategy: 'try-lock',
    presets: BRIEFLY,
    mustFail: ['bounded waits', 'labels agree with the clock'],
    lines: [
      {
        file: 'strategies/try-lock.ts',
        find: "if (tries.has(key)) return { entry, served: 'stale' };",
        replace: '',
      },
    ],
  },
  {
    name: 'never-refreshed',
    difference: 'that starts no refresh, so that a value stays stale until it is gone',
    strategy: 'stale-while-revalidate',
    presets: { ...BRIEFLY, GRACE: '3s', EXPIRIES: '2' },
    mustFail: ['staleness bound'],
    lines: [
      {
        file: 'strategies/stale-while-revalidate.ts',
        find: 'if (due) refresh(key, entry.version);',
        replace: '',
      },
    ],
  },
  {
    name: 'no-demand',
    difference: 'whose replicas note no demand, so that the refreshers have nothing to do',
    strategy: 'refresh-ahead',
    presets: { ...BRIEFLY, GRACE: '3s', EXPIRIES: '2' },
    mustFail: ['staleness bound', 'bounded waits'],
    lines: [{ file: 'strategies/refresh-ahead.ts', find: 'noteDemand(key);', replace: '' }],
  },
  {
    name: 'outdated-copy',
    difference: 'whose copies outlast their TTL by 300 ms',
    strategy: 'near-cache',
    presets: BRIEFLY,
    mustFail: ['staleness bound'],
    lines: [
      {
        file: 'strategies/near-cache.ts',
        find: 'if (entry.softTtlMs <= age) return undefined;',
        replace: 'if (entry.softTtlMs + 300 <= age) return undefined;',
      },
      {
        file: 'strategies/near-cache.ts',
        find: 'copy.endAfter(leftMs);',
        replace: 'copy.endAfter(leftMs + 300);',
      },
    ],
  },
  {
    name: 'kept-copy',
    difference: 'that keeps its copies when it hears of a change',
    strategy: 'near-cache',
    presets: { ...BRIEFLY, INVALIDATE: '500ms' },
    mustFail: ['invalidated values gone'],
    quick: true,
    lines: [
      {
        file: 'strategies/near-cache.ts',
        find: '.follow(key, () => this.drop())',
        replace: '.follow(key, () => {})',
      },
    ],
  },
  {
    name: 'second-life',
    difference: 'whose every other refresh stores the old value again instead of recomputing it',
    strategy: 'stale-while-revalidate',
    presets: { ...BRIEFLY, GRACE: '3s' },
    mustFail: ['every recompute explained', 'fencing order', 'staleness bound'],
    lines: [
      {
        file: 'strategies/shared/leased-recompute.ts',
        find: 'made = await origin.recompute(',
        replace: `const count = ((globalThis as any).refreshes = ((globalThis as any).refreshes ?? 0) + 1);
    const { entry: old } = await cache.read(key);
    made = old && count % 2 > 0 ? old : await origin.recompute(`,
      },
    ],
  },
  {
    name: 'stale-hit',
    difference: 'that serves a value as a hit for 300 ms past its TTL',
    strategy: 'lock',
    presets: BRIEFLY,
    mustFail: ['staleness bound'],
    quick: true,
    lines: [
      {
        file: 'strategies/lock.ts',
        find: 'if (isFresh(entry)) {',
        replace: 'if (entry && entry.softTtlMs > -300) {',
      },
    ],
  },
];
