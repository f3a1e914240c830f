import type { LineChange } from '../loading/changed-text.ts';

/** A mutant that shows in no judged run. A test must fail instead. */
export interface TestedMutant {
  readonly name: string;
  /** What the code does instead. */
  readonly difference: string;
  /** Why no run shows it. */
  readonly unseen: string;
  /** The file of the test, from the project's root. */
  readonly test: string;
  readonly lines: readonly LineChange[];
}

export const testedMutants: readonly TestedMutant[] = [
  {
    name: 'uncapped-degrading',
    difference: 'without Redis a replica recomputes any number of keys at once',
    unseen: 'A run has one key.',
    test: 'test/unit/strategies/degraded-mode.test.ts',
    lines: [
      {
        file: 'strategies/shared/recompute-cap.ts',
        find: 'this.#calls.size < this.#limit;',
        replace: 'true;',
      },
    ],
  },
  {
    name: 'rare-renewal',
    difference: 'a holder renews every half of its lease, so that one lost renewal ends it',
    unseen: 'No fault loses a single renewal.',
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
    unseen:
      'The herd is granted a lease as soon as the emptied store is back. The late write then meets a newer fence.',
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
