import type { Ablation } from './mutant.ts';

const takeOut: Ablation['takeOut'] = ({ lease, ...rest }) => ({
  ...rest,
  lease: { ...lease, renew: async () => true },
});

/** A renewal does nothing, and the holder never hears that it lost the lease. */
export const noRenewal: Ablation = {
  name: 'no-renewal',
  difference: 'without renewal',
  guard: 'renewal every third of the lease',
  defendsAgainst: 'a recompute longer than the lease is done several times over',
  fault: 'slow-origin',
  presets: { EXPIRIES: '8' },
  mustFail: ['recomputes per expiry'],
  takeOut,
};

/** The same with a lease that is too short. Most locks that you find on the web have such a fixed term. */
export const fixedLease: Ablation = {
  name: 'fixed-lease',
  difference: 'with a fixed lease, shorter than the recompute',
  guard: 'renewal, whatever the lease',
  defendsAgainst: 'a lease chosen too short: each holder is overtaken before it is done',
  presets: { TTL: '1s', RECOMPUTE: '1500ms', LEASE: '500ms', RATE: '200', EXPIRIES: '3' },
  mustFail: ['recomputes per expiry', 'every request accounted for'],
  takeOut,
};
