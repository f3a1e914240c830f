import { type Ablation, UNDER_A_FAULT } from './mutant.ts';

/** The lease has no TTL (a plain `SET key token NX`): only its holder ends it. */
export const noLeaseTtl: Ablation = {
  name: 'no-lease-ttl',
  difference: 'without a TTL on its lease',
  guard: 'the lease has a TTL',
  defendsAgainst: 'a holder that dies locks the key for ever',
  fault: 'kill-holder',
  presets: UNDER_A_FAULT,
  mustFail: ['fault hit and answered', 'every request accounted for'],

  changes: [
    {
      file: 'acquire',
      find: "redis.call('SET', lease_key, token, 'PX', lease_ms)",
      replace: "redis.call('SET', lease_key, token)",
    },
    // An unchanged renewal would give it a TTL.
    { file: 'renew', find: "return redis.call('PEXPIRE', lease_key, lease_ms)", replace: 'return 1' },
  ],
};
