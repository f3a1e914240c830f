import { BRIEFLY, type Mutant } from './mutant.ts';

/** Each grant's fence is lower than the one before. */
export const fallingFence: Mutant = {
  name: 'falling-fence',
  difference: 'whose fences fall',
  presets: BRIEFLY,
  mustFail: ['fencing order'],
  quick: true,
  changes: [
    {
      file: 'mint_fence',
      find: 'math.max(tonumber(previous) + 1, now_ms)',
      replace: '4000000000000 - now_ms',
    },
  ],
};
