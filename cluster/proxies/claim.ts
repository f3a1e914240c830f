import type { Settings } from '../../record/settings.ts';
import type { Claim } from '../../strategies/contract/index.ts';
import { proxyNamed } from './index.ts';

/** The strategies whose claims still mean something for the few requests that a proxy forwards. */
export const COLLAPSED: readonly string[] = ['none', 'single-flight', 'lock'];

/** `Age` is in whole seconds, rounded down, and so is the clock of some proxies. */
const AGE_ROUNDING_MS = 2000;

/**
 * Gives the claim of a strategy behind proxies: each proxy collapses its own herd into one request per expiry. Wrong
 * caching headers do not change the claim; the run fails it.
 */
export function claimBehind(
  claim: Claim,
  {
    strategy,
    proxy: name,
    proxies,
    proxyGraceMs,
  }: Pick<Settings, 'strategy' | 'proxy' | 'proxies' | 'proxyGraceMs'>,
): Claim {
  const proxy = proxyNamed(name);
  if (!proxy) return claim;
  // A forwarded request may wait in its replica for another proxy's.
  const alone = proxies === 1 || strategy === 'none';
  return {
    ...claim,
    recomputesPerExpiry(workload) {
      const max = Math.min(proxies, claim.recomputesPerExpiry(workload).max ?? proxies);
      return { mean: [1, max], max };
    },
    recomputesAtOnce: (workload) => Math.min(proxies, claim.recomputesAtOnce?.(workload) ?? 1),
    // Another proxy may not have the value yet.
    monotonic: false,
    maxStaleMs(workload) {
      const keptMs = AGE_ROUNDING_MS + (proxy.ignoresAge && proxies > 1 ? workload.ttlMs : 0);
      const renewingMs = workload.recomputeMs + 1000 / workload.ratePerSecond;
      const whileRenewing = proxyGraceMs > 0 || proxy.waits === 'winner' ? renewingMs : 0;
      return claim.maxStaleMs(workload) + keptMs + Math.ceil(whileRenewing);
    },
    waits: proxyGraceMs > 0 ? 'nobody' : proxy.waits === 'winner' && alone ? 'winner' : 'everyone',
  };
}
