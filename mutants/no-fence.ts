import { type Ablation, UNDER_A_FAULT } from './ablation.ts';

/**
 * A commit under a grant is accepted whatever was granted since: not its own fence counts, but the one found just before,
 * and then the lease is released as ever, if it is still the writer's.
 */
export const noFence: Ablation = {
  name: 'no-fence',
  difference: 'without the fence',
  guard: 'a commit needs the newest fence',
  defendsAgainst: 'a holder paused past its lease overwrites a newer value',
  fault: 'pause-holder',
  presets: UNDER_A_FAULT,
  mustFail: ['fencing order', 'monotonic reads'],

  takeOut: ({ cache, lease, ...rest }) => ({
    ...rest,
    lease,
    cache: {
      ...cache,
      async commit(key, made, condition) {
        if (condition === 'always' || !('grant' in condition)) return cache.commit(key, made, condition);
        const { fence } = await cache.read(key);
        const committed = await cache.commit(key, made, { seenFence: fence });
        await lease.release(key, condition.grant);
        return committed;
      },
    },
  }),
};
