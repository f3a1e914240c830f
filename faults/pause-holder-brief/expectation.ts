import { needsRelay } from '../../record/fault-events.ts';
import { type Settings, STORE_TIMEOUT_MS } from '../../record/settings.ts';
import { nothingLost } from '../support/answers/take-over.ts';
import type { Expectation } from '../support/expectation.ts';
import { passIf } from '../support/finding.ts';
import { commitOf, takeOvers } from '../support/holder.ts';
import { wokenInTime } from '../support/outside/take-over.ts';
import { pointOf } from '../support/points.ts';

/** The share of a lease that is always left, since it is renewed every third of its term. A shorter pause costs nothing. */
const LEAST_LEFT = 2 / 3;

/** The pause, as a share of the lease. */
const SHARE_OF_LEASE = 0.4;

/** The longest pause with a call on its way: it must be answered within the holder's time-out. */
const MOST_WITH_A_CALL_MS = 0.6 * STORE_TIMEOUT_MS;

/** Gives how long the holder is paused. */
export const pauseMsFor = ({ leaseMs, at }: Settings): number =>
  Math.min(leaseMs * SHARE_OF_LEASE, needsRelay(at) ? MOST_WITH_A_CALL_MS : Number.POSITIVE_INFINITY);

/** Pauses the lease holder for less than its lease. Nobody takes over. */
export const pauseHolderBrief: Expectation = {
  name: 'pause-holder-brief',
  summary: 'SIGSTOP the lease holder for less than its lease',
  guard: 'renewal keeps enough of the lease in hand',
  presets: { TTL: '2s', RECOMPUTE: '600ms', RATE: '200', EXPIRIES: '5' },
  points: {
    granted: 'It learns of its grant late, and its commit is accepted. Nobody else is granted the lease.',
    recomputing: 'Its commit is accepted. Nobody else is granted the lease.',
    committing: 'Its commit reaches the store late and is accepted. Nobody else is granted the lease.',
    committed: 'Nothing is lost: the others have the value, and nobody takes over.',
  },
  outside: {
    needsProcess: true,
    tolerance: (settings) => ({ extraWaitMs: pauseMsFor(settings) }),
    verify: (evidence, timeline) =>
      wokenInTime(evidence, timeline, (pausedMs) => pausedMs >= LEAST_LEFT * evidence.settings.leaseMs),
  },
  tolerance: (settings) => ({ extraWaitMs: pauseMsFor(settings), degraded: 'victim' }),
  verify(evidence, timeline) {
    const { settings } = evidence;
    if (pointOf(settings) === 'committed') return nothingLost(evidence, timeline);
    const commit = commitOf(evidence, timeline);
    if (commit && commit.atWallMs < timeline.injectedWallMs)
      return { verdict: 'unknown', detail: 'missed: it had committed before' };
    const others = takeOvers(evidence, timeline).filter(
      ({ atStoreMs }) => atStoreMs < (commit?.atStoreMs ?? Number.POSITIVE_INFINITY),
    );
    const pausedMs = timeline.healedWallMs - timeline.injectedWallMs;
    const good = commit?.accepted === true && others.length === 0;
    const detail = `paused ${pausedMs.toFixed(0)} ms of a ${settings.leaseMs} ms lease; its commit was ${commit?.accepted ? 'accepted' : 'not accepted'}`;
    const most = Math.min(LEAST_LEFT * settings.leaseMs, settings.relay ? STORE_TIMEOUT_MS : Infinity);
    if (!good && pausedMs >= most)
      return { verdict: 'unknown', detail: `missed: ${detail}, which that long a pause may cost` };
    return passIf(good, detail);
  },
};
