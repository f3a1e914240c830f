import type { Ablation } from './ablation.ts';

/** Every request competes for the lease, and waits, by itself. */
export const noSingleFlight: Ablation = {
  name: 'no-single-flight',
  takeOut: ({ options, ...rest }) => ({ ...rest, options: { ...options, singleFlight: false } }),
};
