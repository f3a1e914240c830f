import { appConfig } from '../../services/member/config.ts';
import { claimedQueueMs, type Definition, type Workload } from '../../strategies/contract/index.ts';
import { strategies } from '../../strategies/index.ts';
import { expectedRecomputes, leadMs } from '../../strategies/shared/early-expiration.ts';
import { herdOf } from '../../strategies/shared/herd.ts';

/** Somebody's own numbers, and how long past its TTL a value may be served to them. */
export interface Question {
  readonly workload: Workload;
  readonly staleOkMs: number;
}

/** What one strategy comes to by its claim, and what of the question it does not fit; undefined: nothing. */
export interface Option {
  readonly name: string;
  readonly recomputes: { readonly least: number; readonly most: number };
  readonly maxStaleMs: number;
  readonly who: 'nobody' | 'the winner' | 'who recomputes' | 'the herd';
  /** How long they wait at most: for one recompute, and for those that queue at the origin ahead of it. */
  readonly waitMs: number;
  readonly misfit: Misfit | undefined;
}

/**
 * `stale` for longer than allowed; a `TTL` that the lead fills; a `RATE` too low for anybody to be early in time; a `queue` at
 * the origin, which gets more recomputes at once than it runs.
 */
export type Misfit = 'stale' | 'TTL' | 'RATE' | 'queue';

export interface Advice {
  /** Why none of this may be needed; undefined: it is. */
  readonly unneeded: Unneeded | undefined;
  /** λδ: the requests that come while one recompute runs. */
  readonly herd: number;
  readonly leadMs: number;
  readonly leaseMs: number;
  readonly options: readonly Option[];
  readonly recommended: string;
  readonly because: Because;
}

/** `herd`: hardly two requests meet in one recompute. `capacity`: the origin runs a whole stampede at once. */
export type Unneeded = 'herd' | 'capacity';

/** What decided. */
export type Because = 'no herd' | 'all fits' | 'stale' | 'TTL' | 'one replica' | 'nothing else';

/** The strategy under which a stampede reaches the origin as it is. */
const UNPROTECTED = 'none';
/** How often XFetch may come too late before it is no cure: once in so many expiries. */
const LATE_ONCE_IN = 1000;
/** A lead of more than this share of the TTL more than doubles what the origin is asked for. */
const MOST_LEAD = 1 / 2;

/**
 * What the strategies' own claims and XFetch's mathematics say for these numbers, and which one to take. It measures
 * nothing: {@link adviceText} names the command that does.
 */
export function adviceOn(question: Question): Advice {
  const { workload, staleOkMs } = question;
  const leaseMs = suggestedLeaseMs(question);
  const own = { ...workload, leaseMs };
  const options = strategies.map((definition) => optionFrom(definition, own, staleOkMs));
  const herd = herdOf(own);
  const stampedeQueues = options.some(({ name, misfit }) => name === UNPROTECTED && misfit === 'queue');
  const unneeded = herd <= 1 ? 'herd' : stampedeQueues ? undefined : 'capacity';
  return { unneeded, herd, leadMs: leadMs(own), leaseMs, options, ...chosen(options, own, herd) };
}

/** By what it costs those who ask: first that nobody waits, then that they wait once. */
function chosen(
  options: readonly Option[],
  workload: Workload,
  herd: number,
): Pick<Advice, 'recommended' | 'because'> {
  const fits = (name: string) => options.some((option) => option.name === name && !option.misfit);
  const leadFits = leadMs(workload) <= workload.ttlMs * MOST_LEAD;
  if (herd <= 1) return { recommended: 'single-flight', because: 'no herd' };
  if (leadFits && fits('hybrid')) return { recommended: 'hybrid', because: 'all fits' };
  if (leadFits && fits('xfetch-lock')) return { recommended: 'xfetch-lock', because: 'stale' };
  if (fits('stale-while-revalidate')) return { recommended: 'stale-while-revalidate', because: 'TTL' };
  if (workload.replicas === 1) return { recommended: 'single-flight', because: 'one replica' };
  return { recommended: 'lock', because: 'nothing else' };
}

function optionFrom({ name, claim }: Definition, workload: Workload, staleOkMs: number): Option {
  const [least, most] = claim.recomputesPerExpiry(workload).mean;
  const maxStaleMs = claim.maxStaleMs(workload);
  const queueMs = claimedQueueMs(claim, workload);
  return {
    name,
    // The caller that finds a value due recomputes it, however low the rate.
    recomputes: { least: Math.max(1, least), most: Math.max(1, most) },
    maxStaleMs,
    who: whoWaits(claim),
    waitMs: workload.recomputeMs + queueMs,
    // Where hardly two requests meet, hardly two recomputes do.
    misfit:
      misfitOf(claim, workload, maxStaleMs, staleOkMs) ??
      (queueMs > 0 && herdOf(workload) > 1 ? 'queue' : undefined),
  };
}

function whoWaits({ waits, early }: Definition['claim']): Option['who'] {
  if (waits === 'nobody') return 'nobody';
  if (waits === 'winner') return 'the winner';
  return early ? 'who recomputes' : 'the herd';
}

function misfitOf(
  claim: Definition['claim'],
  workload: Workload,
  maxStaleMs: number,
  staleOkMs: number,
): Misfit | undefined {
  if (maxStaleMs > staleOkMs) return 'stale';
  if (!claim.early) return undefined;
  if (workload.ttlMs <= (claim.leadMs?.(workload) ?? 0)) return 'TTL';
  // What may serve stale meanwhile loses nothing by being late.
  return maxStaleMs === 0 && lateChance(workload) > 1 / LATE_ONCE_IN ? 'RATE' : undefined;
}

/**
 * How probable it is that under XFetch nobody begins a recompute in time to end before the expiry. A reader with s left
 * is early with the probability e^(−s/βδ), so of those with a recompute's time left or more, λβδ·e^(−1/β) are on average.
 */
export const lateChance = ({ ratePerSecond, recomputeMs, beta }: Workload): number =>
  Math.exp(-(ratePerSecond * beta * recomputeMs) / 1000 / expectedRecomputes(beta));

/**
 * The lease asked for, or a shorter one where that is what it takes for stale values to be allowed. Renewal makes any
 * lease outlast its recompute; one shorter than a Redis command may take would be lost by a single slow answer.
 */
function suggestedLeaseMs({ workload, staleOkMs }: Question): number {
  const roomMs = Math.min(
    ...strategies
      // With processes of their own they are nothing to recommend unasked.
      .filter(({ claim, refresher }) => claim.maxStaleMs(workload) > 0 && !refresher)
      .map(({ claim }) => Math.floor(staleOkMs - claim.maxStaleMs({ ...workload, leaseMs: 0 }))),
  );
  return roomMs >= defaults.REDIS_TIMEOUT_MS ? Math.min(workload.leaseMs, roomMs) : workload.leaseMs;
}

/** A replica's default configuration. */
export const defaults = appConfig.parse({});
