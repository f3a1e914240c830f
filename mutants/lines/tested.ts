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
    name: 'hammered-origin',
    difference: 'without Redis a replica calls a failing origin for every request',
    unseen: 'No fault by itself takes Redis and the origin at once.',
    test: 'test/unit/strategies/degraded-mode.test.ts',
    lines: [{ file: 'strategies/shared/degraded.ts', find: 'if (failure) throw failure;', replace: '' }],
  },
  {
    name: 'any-key',
    difference: 'any text is a key',
    unseen: 'A run has one key, whose name the lab gives.',
    test: 'test/unit/assembly/checked-keys.test.ts',
    lines: [{ file: 'strategies/contract/key.ts', find: 'KEY_FORM.test(text)', replace: "text !== ''" }],
  },
  {
    name: 'starved-demand',
    difference: 'a refresher looks at the first keys in demand, and never at the others',
    unseen: 'A run has one key.',
    test: 'test/unit/strategies/refresh-ahead.test.ts',
    lines: [
      {
        file: 'strategies/refresh-ahead.ts',
        find: 'first < keys.length;',
        replace: 'first === 0;',
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
  {
    name: 'unminted-fence',
    difference: 'a look that finds no fence mints none, and a write is accepted that saw none',
    unseen: 'No fault takes the fence alone. With the fence, the value is gone too.',
    test: 'test/redis/strategies/xfetch-order.test.ts',
    lines: [
      {
        file: 'backends/redis/ioredis/scripts.ts',
        find: 'return join(script);',
        replace: `return join(script)
    .replace("if newest_fence == '0' then", 'if false then')
    .replace("seen_fence == '0' or ", '');`,
      },
    ],
  },
  {
    name: 'reusable-fence',
    difference: 'a write under a grant mints no fence, so that whoever saw the grant may overwrite the value',
    unseen:
      'A run seldom has a lease and a recompute without one at the same time, in the order that it takes.',
    test: 'test/redis/backends/fences.test.ts',
    lines: [
      {
        file: 'backends/redis/ioredis/scripts.ts',
        find: 'return join(script);',
        replace: "return join(script.replace('mint_fence(fence_key, fence, ', '-- '));",
      },
    ],
  },
  {
    name: 'shortened-fence',
    difference: 'a fence lasts as long as the last mint says, though the entry lasts longer',
    unseen: 'All members of a run have the same TTL, and a run ends long before a fence does.',
    test: 'test/redis/backends/fences.test.ts',
    lines: [
      {
        file: 'backends/redis/ioredis/scripts.ts',
        find: 'return join(script);',
        replace:
          "return join(script).replace(\"redis.call('PTTL', fence_key) < tonumber(kept_ms)\", 'true');",
      },
    ],
  },
  {
    name: 'unsettled-commit',
    difference: 'a holder whose commit is not answered leaves its lease to run out',
    unseen: 'No fault loses a single commit while Redis goes on.',
    test: 'test/unit/strategies/leased-recompute.test.ts',
    lines: [
      {
        file: 'strategies/shared/leased-recompute.ts',
        find: 'if (entry && !isStored(entry)) settleCommit(parts, key, made, grant).catch(() => {});',
        replace: '',
      },
    ],
  },
  {
    name: 'young-message',
    difference: 'a value that is heard late counts as new',
    unseen: 'A run delays no wake-up by more than the tolerance of its checks.',
    test: 'test/redis/backends/redis-wakeups.test.ts',
    lines: [
      {
        file: 'backends/redis/listener.ts',
        find: 'const ageMs = this.#storeClock.mostAgeMs(atStoreMs) ?? this.#clock.now() - this.#since;',
        replace: 'const ageMs = 0;',
      },
    ],
  },
  {
    name: 'second-look',
    difference: 'a waiter looks again and again for a value that did not come along',
    unseen: 'The values of a run are small and travel in the wake-up.',
    test: 'test/redis/backends/redis-wakeups.test.ts',
    lines: [
      {
        file: 'backends/redis/listener.ts',
        find: 'if (fill && !entry) this.#newest = undefined;',
        replace: '',
      },
    ],
  },
  {
    name: 'endless-lingering',
    difference: 'any number of subscriptions outlive their last watch',
    unseen: 'A run has few keys.',
    test: 'test/redis/backends/redis-wakeups.test.ts',
    lines: [
      {
        file: 'backends/redis/wakeups.ts',
        find: 'if (this.#lingering.size > MOST_LINGERING) oldest?.end();',
        replace: '',
      },
    ],
  },
  {
    name: 'deaf-copy',
    difference: 'near-cache keeps copies while its subscriber listens to another server',
    unseen:
      'Only under a fault do the two connections lead to different servers, and then a copy may last for its TTL.',
    test: 'test/redis/backends/redis-hearing.test.ts',
    lines: [
      {
        file: 'backends/redis/wakeups.ts',
        find: "channel.state === 'live' && (hearing?.hears ?? true)",
        replace: "channel.state === 'live'",
      },
    ],
  },
  {
    name: 'kept-once',
    difference: 'a key that was asked for once keeps its subscription',
    unseen: 'A run has few keys.',
    test: 'test/unit/strategies/near-cache.test.ts',
    lines: [
      {
        file: 'strategies/near-cache.ts',
        find: 'if (leftMs > 0 || !copy.at(clock.now())) copy.endAfter(leftMs);',
        replace: '',
      },
    ],
  },
];
