import type { Answered } from '../../faults/support/evidence.ts';
import type { Finding } from '../../faults/support/finding.ts';
import { answersTo, together, type Witness } from '../../faults/support/witness.ts';
import type { WallMs } from '../../strategies/contract/index.ts';
import { CLOCKS_UNKNOWN } from '../clocks.ts';
import { type Case, isWarm } from '../evidence.ts';
import { clockSays, gravest } from '../waiting/clock-says.ts';
import { recomputeWindows } from '../waiting/recompute-windows.ts';
import { stalledTime } from '../waiting/stalled.ts';
import { LEAST_RECOMPUTE_MS, type Measured, Stopwatch } from '../waiting/stopwatch.ts';
import type { Check } from './check.ts';
import { keptPace } from './injector.ts';

/** A request that was sent this shortly before a value was stored may have met it on the way. */
const ON_THE_WAY_MS = 50;
/** The labels of requests that do not wait, if the claim is that not everyone waits. */
const QUICK: Readonly<Record<'winner' | 'nobody', readonly string[]>> = {
  winner: ['hit', 'stale', 'early', 'recomputed'],
  nobody: ['hit', 'stale'],
};
/** The labels which say that a request found its value in the store. */
const FOUND: readonly string[] = ['hit', 'stale'];

/**
 * Checks that answers are labelled as they were served. By the clock: a request labelled hit or stale has not waited for a
 * recompute. The replica's own time decides where it is known, since the label is the replica's; else the client's. By the
 * claim: after the first fill nobody is labelled as waiting who should not, and nobody as early where nothing is.
 */
export const labels: Check = {
  name: 'labels agree with the clock',
  judge(evidence) {
    const [words, times, pace] = [wordsSeen(evidence), timesSeen(evidence), keptPace(evidence)];
    return together([words, times, pace], () => {
      const kept = pace.end()?.kept ?? false;
      const findings = [wordsFinding(evidence, words.end(), kept), timesFinding(evidence, times.end(), kept)];
      const [first, ...others] = findings.filter((finding) => finding !== undefined);
      return first && { ...gravest([first, ...others]), detail: [first, ...others].map(detailOf).join('; ') };
    });
  },
};

const detailOf = ({ detail }: Finding) => detail;

interface Words {
  /** How many answers were sent after the first fill, and how many of them are labelled as the claim rules out. */
  readonly later: number;
  readonly against: number;
  readonly againstWithoutStore: number;
  readonly recomputed: number;
}

function wordsFinding(
  { claim, tolerance, recomputes }: Case,
  { later, against, againstWithoutStore, recomputed }: Words,
  paceKept: boolean,
): Finding | undefined {
  if (tolerance.extraWaitMs > 0) return undefined;
  if (claim.waits === 'winner' && recomputed > recomputes.length)
    return {
      verdict: 'fail',
      detail: `${recomputed} answers are labelled recomputed, of ${recomputes.length} recomputes`,
    };
  if (claim.waits === 'everyone' && against === 0) return undefined;
  if (later === 0) return { verdict: 'unknown', detail: 'no request came after the first fill' };
  const detail = `${against} of ${later} against the claim`;
  // On a machine that is too busy to send in time, the store does not answer in time either.
  if (against > 0 && against === againstWithoutStore && !paceKept)
    return { verdict: 'unknown', detail: `${detail}, all without the store, at an uneven load` };
  return { verdict: against === 0 ? 'pass' : 'fail', detail };
}

/**
 * Counts by the labels. A cache can serve everybody from the first fill of the store on; behind proxies, from the first
 * answer of the last proxy on.
 */
function wordsSeen(evidence: Case): Witness<Words> {
  const { cycles } = evidence;
  const isAllowed = allowedBy(evidence);
  const metOnTheWay = onTheWay(evidence);
  const proxies = new Set<string>();
  let filledWallMs: WallMs = cycles[0]?.filledWallMs ?? Number.POSITIVE_INFINITY;
  let [later, against, againstWithoutStore, recomputed] = [0, 0, 0, 0];
  const answers = answersTo((answer) => {
    const { via, sentAt, endedAt, served, degraded } = answer;
    if (via !== undefined && !proxies.has(via)) {
      proxies.add(via);
      filledWallMs = endedAt;
      // Whatever ended before this answer was sent before it ended.
      [later, against, againstWithoutStore, recomputed] = [0, 0, 0, 0];
    }
    if (sentAt <= filledWallMs) return;
    later += 1;
    if (served === 'recomputed') recomputed += 1;
    if (isAllowed(served) || metOnTheWay(answer)) return;
    against += 1;
    if (degraded) againstWithoutStore += 1;
  });
  return together([answers], () => ({ later, against, againstWithoutStore, recomputed }));
}

/** Gives a test for the labels that the claim allows. */
function allowedBy({ claim }: Case): (served: string) => boolean {
  const quick = claim.waits === 'everyone' ? undefined : QUICK[claim.waits];
  return (served) => (quick?.includes(served) ?? true) && (claim.early || served !== 'early');
}

/** Gives a test for answers from a proxy that count as `waited` only because they were on the way as the value was stored. */
function onTheWay({ commits }: Case): (answer: Answered) => boolean {
  const storedAt = new Map(commits.map(({ version, atWallMs }) => [version, atWallMs]));
  return ({ via, served, version, sentAt }) =>
    via !== undefined && served === 'waited' && (storedAt.get(version) ?? 0) - sentAt <= ON_THE_WAY_MS;
}

interface Times {
  readonly replica: Measured;
  readonly client: Measured;
}

function timesFinding(
  { settings, tolerance, clockErrorMs }: Case,
  { replica, client }: Times,
  paceKept: boolean,
): Finding | undefined {
  // A fault may delay who hits, too.
  if (tolerance.extraWaitMs > 0 || settings.recomputeMs < LEAST_RECOMPUTE_MS) return undefined;
  if (clockErrorMs === undefined) return CLOCKS_UNKNOWN;
  const at = replica.inside + replica.outside >= client.inside + client.outside ? 'replica' : 'client';
  const found = clockSays(at === 'replica' ? replica : client, { at, more: 0, paceKept });
  return { ...found, detail: `hits: ${found.detail}` };
}

function timesSeen(evidence: Case): Witness<Times> {
  const stalled = stalledTime(evidence);
  const windows = recomputeWindows(evidence);
  const [replica, client] = [new Stopwatch(windows, evidence), new Stopwatch(windows, evidence)];
  const answers = answersTo((answer) => {
    if (!isWarm(evidence, answer)) return;
    const { by, sentAt, endedAt, served, tookMs } = answer;
    const counts = FOUND.includes(served);
    const at = tookMs === undefined ? 'client' : 'replica';
    const stopwatch = at === 'client' ? client : replica;
    stopwatch.time({
      ...{ sentAt, endedAt, tookMs: tookMs ?? endedAt - sentAt, counts },
      stalledMs: () => stalled[at](by, sentAt, endedAt),
    });
  });
  return together([answers], () => ({ replica: replica.end(), client: client.end() }));
}
