import type { FaultEvent } from '../../record/fault-events.ts';
import type { WallMs } from '../../strategies/contract/index.ts';
import type { Evidence } from '../support/evidence.ts';
import { passIf } from '../support/finding.ts';
import { underWayAt } from '../support/outside/made.ts';
import type { Outside } from '../support/outside/outside.ts';
import { failuresSince, mostRecomputes } from '../support/replicas.ts';
import { answersTo, together } from '../support/witness.ts';

/** What the lab notes of each replica of a user's own service that it has replaced (`name`): when it asked it to stop, and when the next one was ready. */
export const REPLACED = 'replaced';

/** A replica that the lab has replaced. */
interface Replaced {
  readonly name: string;
  readonly stoppingWallMs: WallMs;
  readonly readyWallMs: WallMs;
}

/** How a service of the user's own is judged whose replicas are replaced in turn: nobody notices. */
export const outside: Outside = {
  needsProcess: true,
  tolerance: () => ({}),
  verify(evidence, timeline) {
    const { replicas } = evidence.settings;
    const replaced = replacedIn(evidence.events);
    const atWork = replaced.flatMap(({ name, stoppingWallMs }) =>
      underWayAt(evidence, stoppingWallMs).filter(({ by }) => by === name),
    );
    const finished = atWork.filter(({ ending }) => ending === 'ok').length;
    const failures = failuresSince(evidence, timeline);
    const lastSentAt = new Map<string, WallMs>();
    const answers = answersTo(({ by = '', sentAt }) => {
      if (sentAt > (lastSentAt.get(by) ?? 0)) lastSentAt.set(by, sentAt);
    });
    return together([failures, answers], () => {
      if (atWork.length === 0)
        return { verdict: 'unknown', detail: 'missed: no replica was stopped in the middle of a recompute' };
      const back = replaced.filter(
        ({ name, readyWallMs }) => (lastSentAt.get(name) ?? 0) > readyWallMs,
      ).length;
      const failed = failures.end();
      return passIf(
        replaced.length === replicas && back === replicas && finished === atWork.length && failed === 0,
        `${replaced.length} of ${replicas} replaced, ${back} of them answer again; ${atWork.length} stopped in mid-recompute, ` +
          `${finished} of these ended it; ${failed} requests failed; at most ${mostRecomputes(evidence)} recomputes an expiry`,
      );
    });
  },
};

const replacedIn = (events: Evidence['events']): Replaced[] =>
  events
    .filter((event): event is FaultEvent => event.event === 'fault')
    .flatMap(({ what, details }) =>
      what === REPLACED && details
        ? [
            {
              name: `${details.name}`,
              stoppingWallMs: Number(details.stoppingAt),
              readyWallMs: Number(details.readyAt),
            },
          ]
        : [],
    );
