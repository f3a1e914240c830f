import { keysOf } from '../../backends/redis/keys.ts';
import { askRedis } from '../../cluster/ask-redis.ts';
import type { Scene } from '../../faults/support/strike.ts';
import type { Rehearsal } from './rehearsal.ts';

const HELD_MS = 600_000;
/** A recompute that is under way may still set the usual TTL. Then the value is fresh for longer than a look takes. */
const LOOK_EVERY_MS = 1000;
const QUIET_LOOKS = 5;
const WITHIN_MS = 60_000;

export const dogpileUnderWay: Rehearsal = {
  alert: 'DogpileUnderWay',
  values: { STRATEGY: 'none' },
  breaks: 'the load arrives, and the strategy has no guard',
  remedy: "hold the value: PEXPIRE '{hot}:entry' 630000, again until PTTL shows it",
  heal: (scene) => scene.until('the end of the recomputes', () => isHeld(scene), WITHIN_MS).then(() => {}),
};

/** Makes the stored value fresh for 10 minutes. Tells whether nobody set another TTL at the next looks. */
async function isHeld({ cluster, settings, last }: Scene): Promise<true | undefined> {
  const { entry } = keysOf(settings.key);
  const heldMs = HELD_MS + settings.graceMs;
  const set = await askRedis(cluster.redis.url, (redis) => redis.pexpire(entry, heldMs));
  if (set === 0) return undefined;
  for (let look = 0; look < QUIET_LOOKS; look++) {
    await last(LOOK_EVERY_MS);
    const leftMs = await askRedis(cluster.redis.url, (redis) => redis.pttl(entry));
    if (leftMs < HELD_MS) return undefined;
  }
  return true;
}
