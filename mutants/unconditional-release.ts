import { type Ablation, UNDER_A_FAULT } from './mutant.ts';

/** A holder that is done deletes the lease, even if somebody else has it by now, and wakes the waiters (a plain `DEL`). */
export const unconditionalRelease: Ablation = {
  name: 'unconditional-release',
  difference: 'with an unconditional release',
  guard: 'a release ends only its own lease',
  defendsAgainst: 'a late holder ends the lease of the one that works',
  fault: 'pause-holder-overlap',
  presets: UNDER_A_FAULT,
  mustFail: ['recomputes per expiry', 'fault hit and answered'],

  changes: [
    {
      file: 'release',
      find: 'if not is_ours then',
      replace: 'if not is_ours then\n  end_lease(lease_key, channel)',
    },
    { file: 'commit', find: 'if is_ours then', replace: 'if true then' },
  ],
};
