import { OriginFailed } from '../strategies/contract/errors.ts';
import type { Made, Origin } from '../strategies/contract/index.ts';

export interface OriginClientOptions {
  readonly url: string;
  /** Who asks, for the ledger. */
  readonly by: string;
  /** How long an answer may take. */
  readonly timeoutMs: number;
  /** The newest version of a key that was stored when the asker looked, by which the origin tells expiries apart. */
  readonly newestSeen: (key: string, seenAt: number) => number;
}

/** The origin over HTTP. Whatever goes wrong is {@link OriginFailed}, but an abort, which is its signal's own reason. */
export function httpOrigin<V>({ url, by, timeoutMs, newestSeen }: OriginClientOptions): Origin<V> {
  return {
    async recompute(key, { signal, seenAt }) {
      const target = new URL(`/recompute/${encodeURIComponent(key)}`, url);
      target.searchParams.set('by', by);
      if (seenAt !== undefined) {
        target.searchParams.set('seenAt', String(seenAt));
        target.searchParams.set('after', String(newestSeen(key, seenAt)));
      }
      const timeout = AbortSignal.timeout(timeoutMs);
      const pointless = new AbortController();
      const abort = () => pointless.abort(signal?.reason);
      if (signal?.aborted) abort();
      signal?.addEventListener('abort', abort, { once: true });
      const askedAt = performance.now();
      try {
        const response = await fetch(target, { signal: AbortSignal.any([pointless.signal, timeout]) });
        // Once the origin answers there is no work left to spare; whether the value may be written, the fence will say.
        signal?.removeEventListener('abort', abort);
        if (!response.ok) throw new Error(`status ${response.status}`);
        const { value, version, computedAt } = (await response.json()) as Omit<Made<V>, 'recomputeMs'>;
        return { value, version, computedAt, recomputeMs: performance.now() - askedAt };
      } catch (cause) {
        if (pointless.signal.aborted) throw signal?.reason;
        const why = timeout.aborted ? `no answer within ${timeoutMs} ms` : (cause as Error).message;
        throw new OriginFailed(`the origin could not recompute ${key}: ${why}`, { cause });
      } finally {
        signal?.removeEventListener('abort', abort);
      }
    },
  };
}

/** Tells the origin who will ask it, so that its count of them starts at 0. Only charts suffer when it does not hear. */
export async function announce({
  url,
  by,
  timeoutMs,
}: Omit<OriginClientOptions, 'newestSeen'>): Promise<void> {
  const target = new URL(`/askers/${encodeURIComponent(by)}`, url);
  await fetch(target, { method: 'PUT', signal: AbortSignal.timeout(timeoutMs) }).catch(() => {});
}
