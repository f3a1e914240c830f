import type { LineChange } from '../loading/changed-text.ts';

/** A mutant that shows in no judged run, since a run has one key and no invalidation. A test must fail instead. */
export interface TestedMutant {
  readonly name: string;
  /** What the code does instead. */
  readonly difference: string;
  /** The file of the test, from the project's root. */
  readonly test: string;
  readonly lines: readonly LineChange[];
}

export const testedMutants: readonly TestedMutant[] = [
  {
    name: 'kept-copy',
    difference: 'near-cache keeps its copy when it hears of a change',
    test: 'test/unit/strategies/near-cache.test.ts',
    lines: [
      {
        file: 'strategies/near-cache.ts',
        find: '.follow(key, () => this.drop())',
        replace: '.follow(key, () => {})',
      },
    ],
  },
  {
    name: 'uncapped-degrading',
    difference: 'without Redis a replica recomputes any number of keys at once',
    test: 'test/unit/strategies/degraded-mode.test.ts',
    lines: [
      {
        file: 'strategies/shared/degraded.ts',
        find: 'options.degradedCap)',
        replace: '1_000_000)',
      },
    ],
  },
  {
    name: 'rare-renewal',
    difference: 'a holder renews every half of its lease, so that one lost renewal ends it',
    test: 'test/unit/strategies/leased-recompute.test.ts',
    lines: [
      {
        file: 'strategies/shared/leased-recompute.ts',
        find: 'clock.every(lease.ttlMs / 3,',
        replace: 'clock.every(lease.ttlMs / 2,',
      },
    ],
  },
  {
    name: 'unknown-fence',
    difference: 'a write is accepted under a fence that the store no longer has',
    test: 'test/redis/backends/commit-refusals.test.ts',
    lines: [
      {
        file: 'backends/redis/ioredis/scripts.ts',
        find: 'return join(script);',
        replace:
          "return join(script.replace('newest_fence ~= fence', 'newest_fence and newest_fence ~= fence'));",
      },
    ],
  },
];
