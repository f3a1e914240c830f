import { redisCache } from '../backends/redis/cache.ts';
import { none } from '../strategies/none.ts';
import { type Ablation, type Tools, UNDER_A_HERD, type Whole } from './ablation.ts';

const SPREAD = 0.1;

/** No lock at all: plain cache-aside, each write lasting for the TTL ± 10 %. */
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
