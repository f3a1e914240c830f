import { keysOf } from '../../backends/redis/keys.ts';
import { askRedis } from '../../cluster/ask-redis.ts';
import { isDecidedCommit } from '../../record/events.ts';
import type { Scene, Strike } from '../support/strike.ts';
import { patienceMs, untilWarm } from '../support/striking/warm.ts';
import { FLUSHED } from './expectation.ts';

/** Empties Redis in one step, and records when, by the store's clock. */
async function flushAll({ cluster, settings, note }: Scene): Promise<void> {
  const { entry, fence } = keysOf(settings.key);
  const [storeAt, keys, left] = await askRedis(cluster.redis.url, async (redis) => {
    const multi = redis.multi().time().exists(entry, fence).flushall().dbsize();
    const [[, time] = [], [, keys] = [], , [, left] = []] = (await multi.exec()) ?? [];
    const [seconds, micros] = time as [string, string];
    return [Number(seconds) * 1000 + Number(micros) / 1000, Number(keys), Number(left)];
  });
  note(FLUSHED, { storeAt, keys, left });
}

/** Finds when the key was first filled since then, by the store's clock. */
const filledSince = ({ journals, settings }: Scene, sinceStoreMs: number): number | undefined =>
  journals.events
    .filter(isDecidedCommit)
    .find(
      ({ key, outcome, storeAt }) => key === settings.key && outcome === 'accepted' && storeAt > sinceStoreMs,
    )?.storeAt;

/** Waits for a recompute of what is stored now. */
async function untilRecomputed(scene: Scene, filledStoreMs: number): Promise<void> {
  const { until, journals, settings } = scene;
  const begun = () =>
    journals.ledger.find(
      (line) => line.event === 'begin' && line.key === settings.key && (line.seenAt ?? 0) > filledStoreMs,
    );
  await until('the next recompute', begun, patienceMs(scene));
}

const storeNow = ({ cluster }: Scene): Promise<number> =>
  askRedis(cluster.redis.url, async (redis) => {
    const [seconds, micros] = await redis.time();
    return Number(seconds) * 1000 + Number(micros) / 1000;
  });

const untilFilled = async (scene: Scene): Promise<number> => {
  const since = await storeNow(scene);
  return scene.until('the next fill', () => filledSince(scene, since), patienceMs(scene));
};

export const strike: Strike = {
  async plan(scene) {
    await untilWarm(scene);
    return { victim: 'redis' };
  },
  hit: flushAll,
  async last(scene) {
    await untilRecomputed(scene, await untilFilled(scene));
    await flushAll(scene);
    await untilFilled(scene);
  },
  /** What was lost is made again. */
  async heal() {},
};
