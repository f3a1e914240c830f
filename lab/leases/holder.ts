import { createInterface } from 'node:readline';
import { systemClock } from '../../services/shared/clock.ts';
import { until } from '../../services/shared/until.ts';
import { wallTimeMs } from '../../services/shared/wall-time.ts';
import type { Grant } from '../../strategies/contract/index.ts';
import { participate, type Where } from './participant.ts';
import { variantNamed } from './variants.ts';

/**
 * A process that takes a lease, says `held`, and renews it until it finds it lost, as a recompute that takes for ever
 * would. Told to `commit`, it writes all the same, whatever it knows, and says what became of that.
 */
const { variant, key, ...where } = JSON.parse(process.argv[2] ?? '{}') as Where & {
  readonly variant: string;
  readonly key: string;
};
const { lease, cache, ready } = participate(variantNamed(variant), where);

/** Whoever started this process ends it when that takes too long. */
const PATIENCE = { withinMs: Number.POSITIVE_INFINITY, everyMs: 5 };

async function granted(): Promise<Grant | undefined> {
  const acquired = ready() ? await lease.acquire(key).catch(() => undefined) : undefined;
  return acquired?.kind === 'granted' ? acquired.grant : undefined;
}

const grant = await until('a grant', granted, PATIENCE);
console.log('held');
const stop = systemClock.every(where.leaseMs / 3, async () => {
  const still = await lease.renew(key, grant).catch(() => true);
  if (!still) stop();
});

async function commit(): Promise<string> {
  const made = { value: 'late', version: 1, computedWallMs: wallTimeMs(), recomputeMs: 1 };
  // The store may have been the one that was gone.
  const committed = () => cache.commit(key, made, { grant }).catch(() => undefined);
  return (await until('the commit', committed, PATIENCE)).outcome;
}

for await (const line of createInterface({ input: process.stdin }))
  if (line === 'commit') console.log(await commit());
process.exit();
