import { type Ablation, UNDER_A_FAULT } from './ablation.ts';

/** Newer than this there is none, so that whatever is stored never counts as fresh. */
const NEWEST_VERSION = Number.MAX_SAFE_INTEGER;

/** Whoever is granted the lease recomputes, though the value may be there by now. */
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
