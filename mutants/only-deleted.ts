import type { Mutant } from './mutant.ts';

/**
 * An invalidation deletes the value, as `DEL` by hand would. It mints no fence and leaves the lease alone, so a fill that
 * began before it stores the older value.
 */
export const onlyDeleted: Mutant = {
  name: 'only-deleted',
  difference: 'whose invalidation only deletes the value',
  // About one invalidation in five meets a recompute.
  presets: { RATE: '400', INVALIDATE: '400ms', EXPIRIES: '20' },
  mustFail: ['invalidated values gone'],
  changes: [
    {
      file: 'invalidate',
      find: 'local fence = mint_fence(fence_key, previous_fence, now_ms, fence_kept_ms)',
      replace: 'local fence = previous_fence',
    },
    { file: 'invalidate', find: 'end_lease(lease_key, channel)', replace: '' },
  ],
};
