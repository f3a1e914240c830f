import { COLLAPSED } from '../../cluster/proxies/claim.ts';
import { proxies as known, proxyNamed } from '../../cluster/proxies/index.ts';
import { mutantNamed } from '../../mutants/index.ts';
import { formatDuration } from '../../record/duration.ts';
import type { Settings } from '../../record/settings.ts';
import { UsageError } from '../../services/shared/usage-error.ts';

/** Throws {@link UsageError} where the settings make no sense with a proxy in front, or would need one. */
export function refuseUnfitProxy(settings: Settings, proxies: number): void {
  const { proxy: name, proxyGraceMs, ttlMs, ttlJitter, strategy, fault, ablate, appHeaders } = settings;
  const proxy = proxyNamed(name);
  const say = (what: string, allowed: string, type: string) => {
    throw new UsageError(`${what}. Allowed: ${allowed}. Type: make herd ${type}`);
  };
  if (!proxy) {
    const all = known.map((one) => one.name).join(', ');
    const about = (what: string) =>
      say(`${what} is about proxies, and PROXY=none has none`, `PROXY=${all}`, `PROXY=squid ${what}`);
    if (proxies > 1) about(`PROXIES=${proxies}`);
    if (proxyGraceMs > 0) about(`PROXY_GRACE=${formatDuration(proxyGraceMs)}`);
    if (appHeaders !== 'right') about(`APP_HEADERS=${appHeaders}`);
    if (mutantNamed(ablate)?.presets.PROXY !== undefined) about(`ABLATE=${ablate}`);
    return;
  }
  const chosen = `PROXY=${name}`;
  if (!COLLAPSED.includes(strategy))
    say(
      `${chosen} leaves the replicas a request an expiry, and STRATEGY=${strategy} is judged by what many see`,
      COLLAPSED.join(', '),
      `${chosen} STRATEGY=none`,
    );
  if (fault !== null)
    say(
      `${chosen} is not for FAULT=${fault}: faults move the herd from replica to replica`,
      'none',
      `${chosen} FAULT=none`,
    );
  if (ablate !== null && mutantNamed(ablate)?.presets.PROXY === undefined)
    say(`${chosen} hides what ABLATE=${ablate} is to show`, 'none', `${chosen} ABLATE=none`);
  if (ttlMs % 1000 > 0 || ttlJitter > 0)
    say(
      `${chosen} is told the TTL as max-age, in whole seconds and the same for all, not TTL=${formatDuration(ttlMs)} with TTL_JITTER=${ttlJitter}`,
      '1s, 2s and so on, TTL_JITTER=0',
      `${chosen} TTL=${Math.ceil(ttlMs / 1000)}s TTL_JITTER=0`,
    );
  if (proxyGraceMs % 1000 > 0)
    say(
      `PROXY_GRACE=${formatDuration(proxyGraceMs)} is told in whole seconds`,
      '0s, 1s and so on',
      `${chosen} PROXY_GRACE=${Math.ceil(proxyGraceMs / 1000)}s`,
    );
  if (proxyGraceMs > 0 && !proxy.staleWhileRevalidate)
    say(
      `PROXY_GRACE=${formatDuration(proxyGraceMs)} needs stale-while-revalidate, which ${chosen} does not do`,
      `0s, or PROXY=${known
        .filter((one) => one.staleWhileRevalidate)
        .map((one) => one.name)
        .join(', ')}`,
      `${chosen} PROXY_GRACE=0s`,
    );
}
