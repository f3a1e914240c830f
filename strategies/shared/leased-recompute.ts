import { LeaseLost, OriginFailed, Overloaded } from '../contract/errors.ts';
import { type Entry, type Grant, isStored, type Made, type Parts } from '../contract/index.ts';
import { store } from './store.ts';
import { endLease, settleCommit } from './unanswered-commit.ts';

/**
 * How a recompute under a lease ended. `overtaken`: the lease was lost or the commit refused, for example since
 * somebody else was granted the key, or since it was invalidated. `failed`: the origin failed, and the fleet backs off.
 */
export type Recomputed<V> =
  | { readonly outcome: 'made'; readonly entry: Entry<V> }
  | { readonly outcome: 'overtaken' }
  | { readonly outcome: 'failed'; readonly error: OriginFailed };

/**
 * Recomputes while it renews the lease every third of its term, then commits under the grant's fence. A lost lease aborts
 * the recompute. If the store does not answer the commit, the caller gets the value, and what became of the commit is settled in the
 * background. Only a process that ends before that leaves the lease behind, and then it runs out by itself.
 */
export async function recomputeUnderLease<V>(
  parts: Parts<V>,
  key: string,
  grant: Grant,
): Promise<Recomputed<V>> {
  const { cache, origin } = parts;
  const { atStoreMs: seenStoreMs, replaces } = grant;
  const lost = new AbortController();
  const stopRenewing = keepRenewing(parts, key, grant, () =>
    lost.abort(new LeaseLost(`lost the lease of ${key}`)),
  );
  let made: Made<V>;
  try {
    made = await origin.recompute(key, { signal: lost.signal, seenStoreMs, replaces });
  } catch (error) {
    if (lost.signal.aborted) return { outcome: 'overtaken' };
    await giveUp(parts, key, grant, error);
    if (error instanceof OriginFailed) return { outcome: 'failed', error };
    throw error;
  } finally {
    stopRenewing();
  }
  const entry = await store(cache, key, made, { grant });
  if (entry && !isStored(entry)) settleCommit(parts, key, made, grant).catch(() => {});
  return entry ? { outcome: 'made', entry } : { outcome: 'overtaken' };
}

/**
 * Renews the lease until the returned function is called. A renewal without an answer proves nothing. The lease counts as
 * lost when the store says so, or a whole term after the last successful renewal was sent.
 */
function keepRenewing<V>(
  { lease, clock }: Parts<V>,
  key: string,
  grant: Grant,
  onLost: () => void,
): () => void {
  let heldSince = clock.now();

  async function renew() {
    const sentAt = clock.now();
    const answer = await lease.renew(key, grant).catch(() => 'unknown' as const);
    if (answer === true) heldSince = sentAt;
    else if (answer === false || clock.now() - heldSince >= lease.ttlMs) onLost();
  }

  return clock.every(lease.ttlMs / 3, () => void renew());
}

/**
 * Ends the lease. After a failure of the origin it keeps the whole fleet from calling that for a while; a process that had no
 * room keeps nobody else from it.
 */
function giveUp<V>(parts: Parts<V>, key: string, grant: Grant, error: unknown): Promise<void> {
  const failed = error instanceof Overloaded ? undefined : { backoffMs: parts.options.backoffMs };
  return endLease(parts, key, grant, failed);
}
