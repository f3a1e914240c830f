import assert from 'node:assert/strict';
import type { Acquired, Cache, Entry, Grant, Lease, Made } from '../../strategies/contract/index.ts';

/** A value as the origin would have made it. */
export const made = (version: number): Made<string> => ({
  value: `value ${version}`,
  version,
  computedWallMs: 1_700_000_000_000 + version,
  recomputeMs: 12.5,
});

/** Acquires, and expects to be granted. */
export async function granted(lease: Lease<string>, key: string, seenVersion?: number): Promise<Grant> {
  const acquired = await lease.acquire(key, seenVersion);
  assert.equal(acquired.kind, 'granted');
  return (acquired as Acquired<string> & { kind: 'granted' }).grant;
}

/** Acquires, and expects another kind of answer. */
export async function refused<K extends Acquired<string>['kind']>(
  kind: K,
  lease: Lease<string>,
  key: string,
  seenVersion?: number,
): Promise<Extract<Acquired<string>, { kind: K }>> {
  const acquired = await lease.acquire(key, seenVersion);
  assert.equal(acquired.kind, kind);
  return acquired as Extract<Acquired<string>, { kind: K }>;
}

/** Fills the key under a lease of its own. */
export async function fill(
  lease: Lease<string>,
  cache: Cache<string>,
  key: string,
  version: number,
): Promise<Entry<string>> {
  const grant = await granted(lease, key, Number.MAX_SAFE_INTEGER);
  const committed = await cache.commit(key, made(version), { grant });
  if (committed.outcome !== 'accepted') throw new assert.AssertionError({ message: 'the fill was refused' });
  return committed.entry;
}
