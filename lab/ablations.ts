import { accounting } from './checks/accounting.ts';
import type { Check } from './checks/check.ts';
import { claim } from './checks/claim.ts';
import { due } from './checks/due.ts';
import { faultAnswered } from './checks/fault-answered.ts';
import { fencing } from './checks/fencing.ts';
import { monotonicReads } from './checks/monotonic-reads.ts';
import { oneWaiter } from './checks/one-waiter.ts';
import { woken } from './checks/woken.ts';
import type { Fault } from './faults/fault.ts';
import { killHolder } from './faults/kill-holder.ts';
import { lostWakeups } from './faults/lost-wakeups.ts';
import { pauseHolder } from './faults/pause-holder.ts';
import { pauseHolderOverlap } from './faults/pause-holder-overlap.ts';
import { slowOrigin } from './faults/slow-origin.ts';

/** What an ablation of services/app/ablations/ is to show, and how one knows that it did. */
export interface AblationRun {
  readonly name: string;
  /** What the strategy is without, or what it has instead. */
  readonly told: string;
  readonly guard: string;
  readonly defendsAgainst: string;
  /** What befalls both runs, with the guard and without; undefined: nothing but the herd. */
  readonly fault: Fault | undefined;
  /** The parameters that give it meaning, where nothing else was typed; they outweigh the fault's. */
  readonly presets: Fault['presets'];
  /** The ordinary checks of which at least one fails without the guard. */
  readonly reasons: readonly Check[];
}

/** Enough of a herd for a dogpile, and of waits for a median; and little enough for a busy machine. */
const HERD = { TTL: '1s', RATE: '400', EXPIRIES: '12' } as const;
/** A fault has its own expiries before and after it. */
const FAULT = { EXPIRIES: '3' } as const;

/** Every ablation, in the order of the table. */
export const ablationRuns: readonly AblationRun[] = [
  {
    name: 'no-lease-ttl',
    told: 'without a TTL on its lease',
    guard: 'the lease has a TTL',
    defendsAgainst: 'a holder that dies locks the key for ever',
    fault: killHolder,
    presets: FAULT,
    reasons: [faultAnswered, accounting],
  },
  {
    name: 'no-renewal',
    told: 'without renewal',
    guard: 'renewal every third of the lease',
    defendsAgainst: 'a recompute longer than the lease is done several times over',
    fault: slowOrigin,
    presets: { EXPIRIES: '8' },
    reasons: [claim],
  },
  {
    name: 'fixed-lease',
    told: 'with a fixed lease, shorter than the recompute',
    guard: 'renewal, whatever the lease',
    defendsAgainst: 'a lease chosen too short: each holder is overtaken before it is done',
    fault: undefined,
    presets: { TTL: '1s', RECOMPUTE: '1500ms', LEASE: '500ms', RATE: '200', EXPIRIES: '3' },
    reasons: [claim, accounting],
  },
  {
    name: 'no-fence',
    told: 'without the fence',
    guard: 'a commit needs the newest fence',
    defendsAgainst: 'a holder paused past its lease overwrites a newer value',
    fault: pauseHolder,
    presets: FAULT,
    reasons: [fencing, monotonicReads],
  },
  {
    name: 'unconditional-release',
    told: 'with an unconditional release',
    guard: 'a release ends only its own lease',
    defendsAgainst: 'a late holder ends the lease of the one that works',
    fault: pauseHolderOverlap,
    presets: FAULT,
    reasons: [claim, faultAnswered],
  },
  {
    name: 'no-double-check',
    told: 'without the second look',
    guard: 'the acquire looks for the value',
    defendsAgainst: 'whoever missed the wake-up recomputes a value that is there',
    fault: lostWakeups,
    presets: FAULT,
    reasons: [due],
  },
  {
    name: 'no-single-flight',
    told: 'without single-flight',
    guard: 'one waiter a replica',
    defendsAgainst: 'every request competes at Redis and waits there by itself: a convoy',
    fault: undefined,
    presets: HERD,
    reasons: [oneWaiter],
  },
  {
    name: 'polling',
    told: 'with polling waiters',
    guard: 'waiters are woken by the value',
    defendsAgainst: 'waiters sleep on while the value is there',
    fault: undefined,
    presets: HERD,
    reasons: [woken],
  },
  {
    name: 'jitter-alone',
    told: 'replaced by a jittered TTL',
    guard: 'the lock',
    defendsAgainst: 'the dogpile: everybody who misses recomputes',
    fault: undefined,
    presets: HERD,
    reasons: [claim],
  },
  {
    name: 'no-overlap-guard',
    told: 'without its guard against overlap',
    guard: 'one refresher at a time, one refresh of a key at a time',
    defendsAgainst: 'a recompute longer than the interval is begun again by each tick of each refresher',
    fault: undefined,
    presets: {
      STRATEGY: 'refresh-ahead',
      REFRESH_INTERVAL: '250ms',
      TTL: '4s',
      RECOMPUTE: '1500ms',
      RATE: '200',
      EXPIRIES: '4',
    },
    reasons: [claim],
  },
];

export const ablationRunNamed = (name: string | null | undefined): AblationRun | undefined =>
  ablationRuns.find((run) => run.name === name);
