import { keysOf } from '../../backends/redis/keys.ts';
import { askRedis } from '../../cluster/ask-redis.ts';
import { isDecidedCommit } from '../../record/events.ts';
import { isForeign } from '../../record/foreign/foreign.ts';
import type { Scene, Strike } from '../support/strike.ts';
import { nextRecomputer } from '../support/striking/recomputer.ts';
import { madeIn, patienceMs, untilWarm } from '../support/striking/warm.ts';
import { FLUSHED } from './flushes.ts';

/** Empties Redis in one step, and records when, by the store's clock. */
async function flushAll({ cluster, settings, note }: Scene): Promise<void> {
  const { entry, fence } = keysOf(settings.key);
  const [storeAt, keys, left] = await askRedis(cluster.redis.url, async (redis) => {
    const timed = redis.multi().time();
    const counted = isForeign(settings) ? timed.dbsize() : timed.exists(entry, fence);
    const multi = counted.flushall().dbsize();
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

/** The share of the TTL after which the value of a user's own service is stored for certain, and fresh. */
const FRESH_AT = 0.25;

/** The same for a user's own service, by the origin's ledger: nobody sees what it stores. */
async function flushOwnAgain(scene: Scene): Promise<void> {
  await untilNextMade(scene);
  await nextRecomputer(scene);
  await flushAll(scene);
  await untilNextMade(scene);
}

async function untilNextMade(scene: Scene): Promise<void> {
  const { until, journals, settings } = scene;
  journals.refresh();
  const made = () => madeIn(journals.ledger, settings.key).length;
  const before = made();
  const isMade = () => (made() > before ? true : undefined);
  await until('the next value', isMade, settings.ttlMs + patienceMs(scene));
}

export const strike: Strike = {
  async plan(scene) {
    await untilWarm(scene);
    if (isForeign(scene.settings)) await scene.last(FRESH_AT * scene.settings.ttlMs);
    return { victim: 'redis' };
  },
  hit: flushAll,
  async last(scene) {
    if (isForeign(scene.settings)) return flushOwnAgain(scene);
    await untilRecomputed(scene, await untilFilled(scene));
    await flushAll(scene);
    await untilFilled(scene);
  },
  /** What was lost is made again. */
  async heal() {},
};
