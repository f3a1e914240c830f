import type { Ablation } from './ablation.ts';

/** A commit under a grant is accepted whatever was granted since: it is made under the newest fence, not its own. */
export const noFence: Ablation = {
  name: 'no-fence',
  takeOut: ({ cache, ...rest }) => ({
    ...rest,
    cache: {
      ...cache,
      async commit(key, made, condition) {
        if (condition === 'always' || !('grant' in condition)) return cache.commit(key, made, condition);
        const { fence } = await cache.read(key);
        return cache.commit(key, made, { grant: { ...condition.grant, fence } });
      },
    },
  }),
};
