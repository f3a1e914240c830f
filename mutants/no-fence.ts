import { type Ablation, UNDER_A_FAULT } from './mutant.ts';

/**
 * The store accepts a commit under a grant, whatever was granted since: the commit uses the newest fence, not its own.
 * Then it releases the lease, if it is still the writer's.
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
