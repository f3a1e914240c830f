import { BRIEFLY, EARLY } from '../mutant.ts';
import type { LineMutant } from './line-mutant.ts';

const REFRESH_WHEN_DRAWN = 'if (isDueEarly(entry, options.beta, random)) refresh(';

/** Strategies that refresh at the wrong time. */
export const early: readonly LineMutant[] = [
  {
    name: 'never-early',
    difference: 'that never refreshes early',
    strategy: 'hybrid',
    presets: EARLY,
    mustFail: ['refreshed in time'],
    quick: true,
    lines: [
      {
        file: 'strategies/hybrid.ts',
        find: REFRESH_WHEN_DRAWN,
        replace: 'if (entry.softTtlMs <= 0) refresh(',
      },
    ],
  },
  {
    name: 'restless-refresh',
    difference: 'that refreshes without pause',
    strategy: 'hybrid',
    presets: EARLY,
    mustFail: ['refreshed in time'],
    quick: true,
    lines: [{ file: 'strategies/hybrid.ts', find: REFRESH_WHEN_DRAWN, replace: 'refresh(' }],
  },
  {
    name: 'flipped-sign',
    difference: "with the sign of XFetch's draw flipped, so that it is never early",
    strategy: 'xfetch-lock',
    presets: BRIEFLY,
    mustFail: ['bounded waits'],
    lines: [
      {
        file: 'strategies/shared/early-expiration.ts',
        find: '-entry.recomputeMs * beta',
        replace: 'entry.recomputeMs * beta',
      },
    ],
  },
  {
    name: 'late-draw',
    difference: 'that draws with a tenth of the recompute time',
    strategy: 'hybrid',
    presets: EARLY,
    mustFail: ['refreshed in time'],
    lines: [
      {
        file: 'strategies/shared/early-expiration.ts',
        find: '-entry.recomputeMs * beta',
        replace: '-entry.recomputeMs * 0.1 * beta',
      },
    ],
  },
];
