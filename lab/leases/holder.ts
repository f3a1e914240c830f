import { createInterface } from 'node:readline';
import { systemClock } from '../../services/shared/clock.ts';
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

async function granted(): Promise<Grant> {
  for (;;) {
    const acquired = ready() ? await lease.acquire(key).catch(() => undefined) : undefined;
    if (acquired?.kind === 'granted') return acquired.grant;
    await systemClock.sleep(5);
  }
}

const grant = await granted();
console.log('held');
const stop = systemClock.every(where.leaseMs / 3, async () => {
  const still = await lease.renew(key, grant).catch(() => true);
  if (!still) stop();
});

async function commit(): Promise<string> {
  const made = { value: 'late', version: 1, computedWallMs: wallTimeMs(), recomputeMs: 1 };
  for (;;) {
    const committed = await cache.commit(key, made, { grant }).catch(() => undefined);
    if (committed) return committed.outcome;
    // The store may have been the one that was gone.
    await systemClock.sleep(5);
  }
}

for await (const line of createInterface({ input: process.stdin }))
  if (line === 'commit') console.log(await commit());
process.exit();
