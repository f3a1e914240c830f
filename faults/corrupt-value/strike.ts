import type { Redis } from 'ioredis';
import { keysOf } from '../../backends/redis/keys.ts';
import { askRedis } from '../../cluster/ask-redis.ts';
import { isDecidedCommit } from '../../record/events.ts';
import { CORRUPTED } from '../../record/fault-events.ts';
import type { Scene, Strike } from '../support/strike.ts';
import { untilWarm } from '../support/striking/warm.ts';
import { CORRUPTIONS } from './expectation.ts';

const GARBAGE = '{"unfinished":';

type Kind = (typeof CORRUPTIONS)[number];

const SPOIL: Readonly<Record<Kind, (multi: ReturnType<Redis['multi']>, entry: string) => unknown>> = {
  'broken JSON': (multi, entry) => multi.hset(entry, 'value', GARBAGE),
  'no version': (multi, entry) => multi.hdel(entry, 'version'),
  'another type': (multi, entry) => multi.set(entry, GARBAGE, 'KEEPTTL'),
};

/** Spoils the entry, and records when, by the store's clock. */
async function corrupt({ cluster, settings, note }: Scene, kind: Kind): Promise<void> {
  const storeAt = await askRedis(cluster.redis.url, async (redis) => {
    const multi = redis.multi().time();
    SPOIL[kind](multi, keysOf(settings.key).entry);
    const [[, time] = []] = (await multi.exec()) ?? [];
    const [seconds, micros] = time as [string, string];
    return Number(seconds) * 1000 + Number(micros) / 1000;
  });
  note(CORRUPTED, { as: kind, storeAt });
}

const fillsOf = ({ journals, settings }: Scene): number =>
  journals.events.filter(
    (event) => isDecidedCommit(event) && event.key === settings.key && event.outcome === 'accepted',
  ).length;

/** Waits for the next accepted write. A copy in a replica may put it off for as long as it is good. */
async function untilNextFill(scene: Scene): Promise<void> {
  const { until, settings } = scene;
  const before = fillsOf(scene);
  const withinMs = settings.ttlMs + settings.leaseMs + settings.recomputeMs + 5000;
  await until('the next fill', () => (fillsOf(scene) > before ? true : undefined), withinMs);
}

/** Tells whether the entry is as {@link SPOIL} leaves one. */
async function isSpoiled(redis: Redis, entry: string): Promise<boolean> {
  const type = await redis.type(entry);
  if (type !== 'hash') return type !== 'none';
  const [value, version] = await redis.hmget(entry, 'value', 'version');
  return value === GARBAGE || version === null;
}

export const strike: Strike = {
  async plan(scene) {
    await untilWarm(scene);
    // The value is then good for nearly its whole TTL, so that nothing else replaces it.
    await untilNextFill(scene);
    return { victim: keysOf(scene.settings.key).entry };
  },
  hit: (scene) => corrupt(scene, CORRUPTIONS[0]),
  async last(scene) {
    const [, ...others] = CORRUPTIONS;
    await untilNextFill(scene);
    for (const kind of others) {
      await corrupt(scene, kind);
      await untilNextFill(scene);
    }
  },
  /** Removes what nobody has replaced. */
  async heal({ cluster, settings }) {
    const { entry } = keysOf(settings.key);
    await askRedis(cluster.redis.url, async (redis) => {
      if (await isSpoiled(redis, entry)) await redis.del(entry);
    });
  },
};
