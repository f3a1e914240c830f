import type { Ablation } from './ablation.ts';

const takeOut: Ablation['takeOut'] = ({ lease, ...rest }) => ({
  ...rest,
  lease: { ...lease, renew: async () => true },
});

/** A renewal renews nothing, and its holder never hears that the lease was lost. */
export const noRenewal: Ablation = { name: 'no-renewal', takeOut };

/** The same under a lease chosen too short, as most locks on the web have it: a term fixed beforehand. */
export const fixedLease: Ablation = { name: 'fixed-lease', takeOut };
