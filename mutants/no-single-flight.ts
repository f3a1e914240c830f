import { type Ablation, UNDER_A_HERD } from './mutant.ts';

/** Each request competes for the lease and waits on its own. */
export const noSingleFlight: Ablation = {
  name: 'no-single-flight',
  difference: 'without single-flight',
  guard: 'one waiter per replica',
  defendsAgainst: 'every request competes at Redis and waits there by itself: a convoy',
  presets: UNDER_A_HERD,
  mustFail: ['one waiter per replica'],

  takeOut: ({ options, ...rest }) => ({ ...rest, options: { ...options, singleFlight: false } }),
};
