import type { Settings } from '../../record/settings.ts';
import type { Claim } from '../../strategies/contract/index.ts';
import { proxyNamed } from './index.ts';

/** The strategies whose claims say something of the few requests that a proxy lets through. */
export const COLLAPSED: readonly string[] = ['none', 'single-flight', 'lock'];

/** `Age` is rounded down to whole seconds, and so is the clock that some proxies count them by. */
const ROUNDING_MS = 2000;

/**
 * What is claimed of a strategy with proxies in front: each collapses its own herd into one request an expiry, whatever
 * the caching headers are. Where they are wrong, it is this claim that fails.
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
    recomputesPerExpiry(setting) {
      const max = Math.min(proxies, claim.recomputesPerExpiry(setting).max ?? proxies);
      return { mean: [1, max], max };
    },
    // What one proxy holds another may not have yet.
    monotonic: false,
    maxStaleMs(setting) {
      const keptMs = ROUNDING_MS + (proxy.ignoresAge && proxies > 1 ? setting.ttlMs : 0);
      const renewingMs = setting.recomputeMs + 1000 / setting.ratePerSecond;
      const whileRenewing = proxyGraceMs > 0 || proxy.waits === 'winner' ? renewingMs : 0;
      return claim.maxStaleMs(setting) + keptMs + Math.ceil(whileRenewing);
    },
    waits: proxyGraceMs > 0 ? 'nobody' : proxy.waits === 'winner' && alone ? 'winner' : 'everyone',
  };
}
