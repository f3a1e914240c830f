import { type Ablation, UNDER_A_HERD } from './mutant.ts';

/** 200 ms ± 100, the default of widely used lock clients. */
const EVERY_MS = 200;

/** Waiters hear no wake-up; they look again on a timer. */
export const polling: Ablation = {
  name: 'polling',
  difference: 'with polling waiters',
  guard: 'waiters are woken by the value',
  defendsAgainst: 'waiters sleep on while the value is there',
  presets: UNDER_A_HERD,
  mustFail: ['woken, not polling'],

  takeOut: ({ lease, ...rest }, { clock, random }) => ({
    ...rest,
    lease: {
      ...lease,
      async watch(key) {
        const watch = await lease.watch(key);
        return {
          async filled(_fence, timeoutMs) {
            await clock.sleep(Math.min(timeoutMs, EVERY_MS * (0.5 + random())));
            return undefined;
          },
          close: () => watch.close(),
        };
      },
    },
  }),
};
