import type { Finding } from '../../faults/support/finding.ts';
import { chanceOfAtLeast } from '../statistics.ts';
import type { Measured } from './stopwatch.ts';

/** Of the requests while a value is recomputed, so many may be slow for no reason. */
const TOLERATED_SHARE = 0.001;
/** Fewer requests show nothing. */
const ENOUGH = 20;
/** Chance may look like a wait once in so many runs that had such noise. */
const BY_CHANCE = 0.001;
/** If half of the requests were slow, and at other times far fewer, it was no hiccup. */
const MOST = 0.5;
const MUCH_RARER = 1 / 4;

/** What else a finding depends on. */
interface Circumstances {
  /** Where the stopwatch measured. */
  readonly at: 'client' | 'replica';
  /** How many requests may have waited beyond one in a thousand. */
  readonly more: number;
  /** Whether the injector kept its pace. */
  readonly paceKept: boolean;
}

/**
 * Judges what a stopwatch measured. Noise is never a failure, and never a pass:
 *
 * - If too many were slow, but not without the time that recorded stalls explain, it is unknown.
 * - If half of those during recomputes were slow, and at other times far fewer, they waited for the recompute: fail.
 * - If the load was uneven, the machine was too busy to send in time, and so to answer in time: unknown.
 * - If it came again and again, they waited too: fail. A hiccup of Redis or the network may fall into a recompute window by
 *   chance, but not several of them into windows alone. The chance for that is binomial. It counts the windows in which some
 *   request was slow, and the pieces of the other time, as long as a recompute.
 * - Otherwise they were slow by chance, or just as often when nothing was recomputed: unknown.
 */
export function clockSays(measured: Measured, { at, more, paceKept }: Circumstances): Finding {
  const { waitMs, inside, outside, slow, slowUnexplained } = measured;
  if (inside === 0) return { verdict: 'unknown', detail: 'no request came while a value was recomputed' };
  if (outside < ENOUGH)
    return {
      verdict: 'unknown',
      detail: `${outside} requests outside of recomputes: too few to compare with`,
    };
  const seen = (count: number) => `${count} of ${inside} waited (over ${waitMs.toFixed(0)} ms at the ${at})`;
  const allowed = inside * TOLERATED_SHARE + more;
  if (slow <= allowed) return { verdict: 'pass', detail: seen(slow) };
  if (slowUnexplained <= allowed) return { verdict: 'unknown', detail: `${seen(slow)}; a stall may be why` };
  if (isMostOfThem(measured)) return { verdict: 'fail', detail: seen(slow) };
  if (!paceKept) return { verdict: 'unknown', detail: `${seen(slow)}, at an uneven load` };
  if (!comesAgain(measured)) return { verdict: 'unknown', detail: `${seen(slow)}; it may be chance` };
  return { verdict: 'fail', detail: seen(slow) };
}

/** Tells whether there is anything to judge. A fault may leave nothing that it did not touch. */
export const canSay = ({ inside, outside }: Measured): boolean => inside > 0 && outside >= ENOUGH;

/**
 * Tells whether half of the requests during recomputes were slow beyond the time that stalls explain, and at other times
 * far fewer.
 */
export function isMostOfThem({ inside, outside, slowUnexplained, slowOutside }: Measured): boolean {
  const share = slowUnexplained / inside;
  return (
    inside >= ENOUGH && outside >= ENOUGH && share >= MOST && slowOutside / outside <= share * MUCH_RARER
  );
}

const comesAgain = ({ inside, outside, windows, pieces }: Measured): boolean =>
  chanceOfAtLeast(windows, windows + pieces, inside / (inside + outside)) <= BY_CHANCE;

const RANK = { pass: 0, unknown: 1, fail: 2 } as const;

/** Gives the gravest of some findings: the first of those that fail, else of those that are unknown. */
export const gravest = ([first, ...others]: readonly [Finding, ...Finding[]]): Finding =>
  others.reduce((worst, finding) => (RANK[finding.verdict] > RANK[worst.verdict] ? finding : worst), first);
