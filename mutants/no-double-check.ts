import { type Ablation, UNDER_A_FAULT } from './mutant.ts';

/** No version is newer, so no stored value counts as fresh. */
const NEWEST_VERSION = Number.MAX_SAFE_INTEGER;

/** A caller that gets the lease recomputes even if the value is there by now. */
export const noDoubleCheck: Ablation = {
  name: 'no-double-check',
  difference: 'without the second look',
  guard: 'the acquire looks for the value',
  defendsAgainst: 'whoever missed the wake-up recomputes a value that is there',
  fault: 'lost-wakeups',
  presets: UNDER_A_FAULT,
  mustFail: ['recomputed only when due'],

  takeOut: ({ lease, ...rest }) => ({
    ...rest,
    lease: { ...lease, acquire: (key) => lease.acquire(key, NEWEST_VERSION) },
  }),
};
