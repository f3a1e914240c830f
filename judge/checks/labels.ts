import type { Answered } from '../../faults/support/evidence.ts';
import type { Finding } from '../../faults/support/finding.ts';
import { allowedIn, mayBeDelayed } from '../../faults/support/lookups.ts';
import { answersTo, together, type Witness } from '../../faults/support/witness.ts';
import type { WallMs } from '../../strategies/contract/index.ts';
import { CLOCK_SLACK_MS, CLOCKS_UNKNOWN } from '../clocks.ts';
import { type Case, isWarm } from '../evidence.ts';
import { canSay, clockSays, gravest, isMostOfThem } from '../waiting/clock-says.ts';
import { recomputeWindows } from '../waiting/recompute-windows.ts';
import { refilling } from '../waiting/refilling.ts';
import { stalledTime } from '../waiting/stalled.ts';
import { LEAST_RECOMPUTE_MS, type Measured, Stopwatch } from '../waiting/stopwatch.ts';
import { undelayedRecomputes } from '../waiting/undelayed-recomputes.ts';
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
 * recompute. The replica's own time decides where it is known, since the label is the replica's; else the client's. But both
 * are the replica's word: where half of the requests during recomputes were kept waiting by the client's clock, no word
 * helps. By the claim: after the first fill nobody is labelled as waiting who should not, and nobody as early where nothing is.
 * Answers that a fault may have delayed do not count, nor, by the claim, those that came after an invalidation.
 */
export const labels: Check = {
  name: 'labels agree with the clock',
  inside: 'how the service labels its answers',
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
  evidence: Case,
  { later, against, againstWithoutStore, recomputed }: Words,
  paceKept: boolean,
): Finding | undefined {
  const { claim, clockErrorMs } = evidence;
  const most = undelayedRecomputes(evidence).length;
  if (claim.waits === 'winner' && recomputed > most)
    return {
      verdict: 'fail',
      detail: `${recomputed} answers are labelled recomputed, of ${most} recomputes`,
    };
  if (claim.waits === 'everyone' && against === 0) return undefined;
  if (clockErrorMs === undefined) return CLOCKS_UNKNOWN;
  // The fault may have touched all of them.
  if (later === 0 && allowedIn(evidence).extraWaitMs > 0) return undefined;
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
  const { cycles, clockErrorMs = 0 } = evidence;
  const isAllowed = allowedBy(evidence);
  const metOnTheWay = onTheWay(evidence);
  const isDelayed = mayBeDelayed(evidence);
  const isRefilling = refilling(evidence);
  const proxies = new Set<string>();
  // The store's clock says when the cache was filled, the herd's when a request was sent.
  let filledWallMs: WallMs =
    (cycles[0]?.filledWallMs ?? Number.POSITIVE_INFINITY) + CLOCK_SLACK_MS + clockErrorMs;
  let [later, against, againstWithoutStore, recomputed] = [0, 0, 0, 0];
  const answers = answersTo((answer) => {
    const { via, sentAt, endedAt, served, degraded } = answer;
    if (via !== undefined && !proxies.has(via)) {
      proxies.add(via);
      filledWallMs = endedAt;
      // Whatever ended before this answer was sent before it ended.
      [later, against, againstWithoutStore, recomputed] = [0, 0, 0, 0];
    }
    if (sentAt <= filledWallMs || isDelayed(sentAt, endedAt) || isRefilling(sentAt, endedAt)) return;
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
  /** Of the answers without the replica's own time. */
  readonly client: Measured;
  /** Of all answers, by the client's clock. */
  readonly all: Measured;
}

function timesFinding(
  { settings, struck, clockErrorMs }: Case,
  { replica, client, all }: Times,
  paceKept: boolean,
): Finding | undefined {
  if (settings.recomputeMs < LEAST_RECOMPUTE_MS) return undefined;
  if (clockErrorMs === undefined) return CLOCKS_UNKNOWN;
  const at = replica.inside + replica.outside >= client.inside + client.outside ? 'replica' : 'client';
  const measured = at === 'replica' ? replica : client;
  // A fault may leave nothing that it did not touch.
  if (allowedIn({ struck }).extraWaitMs > 0 && !canSay(measured)) return undefined;
  const found = clockSays(measured, { at, more: 0, paceKept });
  const byLabel = { ...found, detail: `hits: ${found.detail}` };
  if (found.verdict === 'fail' || !isMostOfThem(all)) return byLabel;
  const { slow, inside, waitMs } = all;
  return {
    verdict: 'fail',
    detail: `hits: ${slow} of ${inside} waited (over ${waitMs.toFixed(0)} ms at the client), whatever the replica says`,
  };
}

function timesSeen(evidence: Case): Witness<Times> {
  const stalled = stalledTime(evidence);
  const windows = recomputeWindows(evidence);
  const [replica, client, all] = [
    new Stopwatch(windows, evidence),
    new Stopwatch(windows, evidence),
    new Stopwatch(windows, evidence),
  ];
  const isDelayed = mayBeDelayed(evidence);
  const answers = answersTo((answer) => {
    // A fault may delay who hits, too.
    if (!isWarm(evidence, answer) || isDelayed(answer.sentAt, answer.endedAt)) return;
    const { by, sentAt, endedAt, served, tookMs } = answer;
    const counts = FOUND.includes(served);
    const atClient = {
      ...{ sentAt, endedAt, tookMs: endedAt - sentAt, counts },
      stalledMs: () => stalled.client(by, sentAt, endedAt),
    };
    all.time(atClient);
    if (tookMs === undefined) client.time(atClient);
    else replica.time({ ...atClient, tookMs, stalledMs: () => stalled.replica(by, sentAt, endedAt) });
  });
  return together([answers], () => ({ replica: replica.end(), client: client.end(), all: all.end() }));
}
