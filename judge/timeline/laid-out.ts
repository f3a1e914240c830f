import type { Cycle } from '../../faults/support/evidence.ts';
import type { History, RunData } from '../../record/facts.ts';
import { corruptionsIn } from '../../record/fault-events.ts';
import { isForeign } from '../../record/foreign/foreign.ts';
import { clocksFrom } from '../clocks.ts';
import { cyclesOf, invalidationsIn, recomputesIn } from '../cycles.ts';
import { layOut } from '../foreign/layout.ts';
import { measuredAnswers } from '../foreign/measured-answers.ts';
import { commitsIn } from '../operations/operations.ts';
import { outcomesOf } from '../outcomes.ts';

/** The expiries of a run, and its arrivals as they were served. */
export interface LaidOut {
  readonly cycles: readonly Cycle[];
  readonly arrivals: History;
}

/** Leaves the requests out, for a picture that shows none: a run has many. */
export const withoutRequests = (laidOut: LaidOut): LaidOut => ({ ...laidOut, arrivals: [] });

/** Finds the expiries of a run. Of a user's own service, reads the arrivals once. */
export function layingOut(run: RunData): LaidOut {
  const { events, ledger, arrivals, facts } = run;
  const { settings } = facts;
  if (isForeign(settings)) {
    const layout = layOut(run);
    const isWithoutStore = () => false;
    return {
      cycles: layout.cycles,
      arrivals: measuredAnswers(arrivals, { settings, layout, isWithoutStore }),
    };
  }
  const clocks = clocksFrom(events);
  const commits = commitsIn(events, settings.key, clocks);
  return {
    cycles: cyclesOf({
      recomputes: recomputesIn(ledger, settings.key),
      commits,
      invalidations: invalidationsIn(events, settings.key),
      corruptions: corruptionsIn(events).map(({ atStoreMs }) => atStoreMs),
      clocks,
    }),
    arrivals: settings.proxy ? outcomesOf(arrivals, commits) : arrivals,
  };
}
