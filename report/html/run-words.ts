import type { Case } from '../../judge/evidence.ts';
import { isForeign } from '../../record/foreign/foreign.ts';
import type { RunRecord, Verdict } from '../../record/result.ts';
import { formatCount, formatMean, formatMs } from './figures.ts';

type Claim = Case['claim'];

/** From so many recomputes per expiry on, it is a stampede in anybody's words. */
const MANY = 8;

/** Says what a run showed, in one sentence for somebody who never heard of a dogpile. */
export function headlineOf(
  { expiries, origin, fault, requests, behavesLike }: RunRecord,
  claim: Claim,
): string {
  const { waits, early } = behavesLike ?? claim;
  const { mean } = origin.perExpiry;
  const under = fault === null ? '' : `, under the fault ${fault}`;
  if (expiries === 0) return `No cached value expired in this run${under}`;
  if (mean >= MANY)
    return `Each time the cached value expired, about ${Math.round(mean)} requests asked the slow origin for a new one${under}`;
  const stale = (requests.byOutcome.stale ?? 0) > 0;
  const when = early ? 'Shortly before the cached value expired' : 'Each time the cached value expired';
  if (mean > 1.5) return `${when}, it was recomputed ${formatMean(mean)} times on average${under}`;
  const others = {
    everyone: 'the others waited for it',
    winner: stale ? 'the others got the old value meanwhile' : 'nobody else waited',
    nobody: 'nobody waited',
  }[waits];
  return `${when}, one request recomputed it, and ${others}${under}`;
}

/** Says what the run is about, in everyday words. */
export function storyOf({ config, strategy }: RunRecord): string {
  const { replicas, ttlMs, recomputeMs, ratePerSecond } = config;
  const arrivals = Math.round((ratePerSecond * recomputeMs) / 1000);
  return (
    `A service keeps the result of a slow query in a cache for ${formatMs(ttlMs)}. When that time is over, the value has expired, ` +
    `and the slow service behind the cache (the origin) needs ${formatMs(recomputeMs)} to recompute it. About ` +
    `${formatCount(arrivals)} requests arrive in that time. If each of them asks the origin too, that is a dogpile, or cache stampede. ` +
    `In this run ${replicas} ${replicas === 1 ? 'replica' : 'replicas'} of ${isForeign(config) ? 'your' : 'the'} service got ${formatCount(ratePerSecond)} requests per second` +
    `${isForeign(config) ? '' : `, and guarded the value with the strategy “${strategy}”${strategy === 'none' ? ', which does nothing against it' : ''}`}` +
    `${config.proxy ? `, behind ${config.proxy}, a caching proxy` : ''}.`
  );
}

/** Says how long requests took while a value was replaced. */
export function waitsOf({ latencyMs, config }: RunRecord): string {
  const { acrossExpiry } = latencyMs;
  if (!acrossExpiry) return '';
  return `While the value was replaced, half of the requests took up to ${formatMs(acrossExpiry.p50)}, and the slowest took ${formatMs(acrossExpiry.max)}. One recompute alone takes ${formatMs(config.recomputeMs)}.`;
}

export const MARK: Readonly<Record<Verdict, string>> = { pass: '✓ ok', fail: '✗ FAIL', unknown: '? unknown' };

/** Says what the verdict means. */
export function verdictWords(
  { verdict, checks, strategy }: RunRecord,
  { recomputesPerExpiry }: Claim,
  config: RunRecord['config'],
): string {
  const ok = checks.filter((check) => check.verdict === 'pass').length;
  if (isForeign(config) && verdict === 'fail')
    return 'Your service did not do what you claim, or what every service must. These checks failed:';
  if (isForeign(config) && verdict === 'pass')
    return config.claim === null
      ? `All ${ok} checks are ok. You made no claim (CLAIM), so they judge the evidence and the answers only.`
      : `All ${ok} checks are ok: your service kept what you claim (${config.claim}).`;
  if (verdict === 'fail') return `The run did not do what “${strategy}” promises. These checks failed:`;
  if (verdict === 'unknown')
    return 'The records of this run do not allow a verdict. It does not count as a pass. The reasons:';
  const promisesNothing = recomputesPerExpiry(config).max === undefined && strategy === 'none';
  return (
    `All ${ok} checks are ok. A run is judged against what its strategy promises` +
    (promisesNothing
      ? ', and “none” promises only the stampede.'
      : `, and this one kept what “${strategy}” promises.`)
  );
}
