import type { Strike } from '../strike.ts';
import { nextHolder, untilFilledByAnother } from './holder.ts';

/** Kills the next lease holder, waits until another process has written, and restarts it. */
export const killNextHolder: Strike = {
  plan: nextHolder,
  hit: ({ cluster }, { victim }) => cluster.kill(victim),
  last: untilFilledByAnother,
  heal: ({ cluster }, { victim }) => cluster.restart(victim),
};
