import { StoreUnavailable } from '../contract/errors.ts';
import type { Grant, Made, Parts } from '../contract/index.ts';

/**
 * Finds out what became of a commit that the store did not answer, so that nobody waits out the lease of a holder who is
 * done. Looks at once, then every `storeRetryMs` while the lease may last: a value that did not arrive is committed again.
 * To do so is safe, since a fence allows one write. If the store cannot store it, the lease is released, for somebody else.
 */
export async function settleCommit<V>(
  parts: Parts<V>,
  key: string,
  made: Made<V>,
  grant: Grant,
): Promise<void> {
  const { cache, lease, clock, options } = parts;
  const until = clock.now() + lease.ttlMs;
  do {
    try {
      const { fence } = await cache.read(key);
      // The commit has arrived, or is refused whenever it does.
      if (fence !== grant.fence) break;
      await cache.commit(key, made, { grant });
      return;
    } catch (error) {
      if (!(error instanceof StoreUnavailable)) break;
      // Whoever cannot store the value lets another try, as soon as the store takes even that.
      if (error.hasAnswered && (await hasEnded(parts, key, grant))) return;
    }
    await clock.sleep(options.storeRetryMs);
  } while (clock.now() < until);
  await endLease(parts, key, grant);
}

const hasEnded = <V>({ lease }: Parts<V>, key: string, grant: Grant): Promise<boolean> =>
  lease.release(key, grant).then(
    () => true,
    () => false,
  );

/** Ends the lease, unless the store is gone: then it runs out by itself. */
export async function endLease<V>(
  { lease }: Pick<Parts<V>, 'lease'>,
  key: string,
  grant: Grant,
  failed?: { readonly backoffMs: number },
): Promise<void> {
  try {
    await lease.release(key, grant, failed);
  } catch (error) {
    if (!(error instanceof StoreUnavailable)) throw error;
  }
}
