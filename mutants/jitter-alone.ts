import { redisCache } from '../backends/redis/cache.ts';
import { none } from '../strategies/none.ts';
import { type Ablation, type Tools, UNDER_A_HERD, type Whole } from './mutant.ts';

const SPREAD = 0.1;

/** Replaces the lock: plain cache-aside, with a TTL ± 10 % for each write. */
export const jitterAlone: Ablation = {
  name: 'jitter-alone',
  difference: 'replaced by a jittered TTL',
  guard: 'the lock',
  defendsAgainst: 'the dogpile: everybody who misses recomputes',
  presets: UNDER_A_HERD,
  mustFail: ['recomputes per expiry'],
  takeOut,
};

function takeOut<V>({ cache, ...rest }: Whole<V>, { redis, random, times }: Tools): Whole<V> {
  const { commit } = redisCache<V>(redis, { ...times, jitter: { share: SPREAD, random } });
  return { ...rest, definition: none, cache: { ...cache, commit } };
}
