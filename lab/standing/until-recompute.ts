import type { RecordSoFar } from '../../faults/support/strike.ts';
import type { Settings } from '../../record/settings.ts';
import { NotInTime, type Patience, until } from '../../services/shared/until.ts';

/** What a first recompute may take beyond two lives of a value. */
const BEYOND_LIVES_MS = 10_000;

/** Gives within what time a key that somebody asks for is recomputed. */
function recomputedWithinMs({ ttlMs, ttlJitter, recomputeMs, recomputeJitter }: Settings): number {
  const lifeMs = ttlMs * (1 + ttlJitter) + recomputeMs * (1 + recomputeJitter);
  return Math.ceil(BEYOND_LIVES_MS + 2 * lifeMs);
}

/** Waits for a recompute of the key. Throws {@link NotInTime} with what to type if none begins. */
export async function untilRecompute(
  news: Pick<RecordSoFar, 'ledger' | 'refresh'>,
  settings: Settings,
  { signal, withinMs = recomputedWithinMs(settings) }: Partial<Patience>,
): Promise<void> {
  const { key } = settings;
  const begun = () => {
    news.refresh();
    return news.ledger.some((line) => line.event === 'begin' && line.key === key);
  };
  await until('a recompute', begun, { withinMs, everyMs: 20, signal }).catch((error) => {
    if (!(error instanceof NotInTime)) throw error;
    throw new NotInTime(
      `no recompute of ${key} within ${(withinMs / 1000).toFixed(0)} s, so nothing was broken. Nobody asks for it, or the cluster is ill. Type: make load, in another terminal`,
    );
  });
}
