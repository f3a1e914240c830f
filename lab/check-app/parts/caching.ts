import { formatDuration } from '../../../record/duration.ts';
import { notMet, ok, optional, type Part } from '../part.ts';
import { FIRST, SECOND, type Stage } from '../stage.ts';
import { recomputesAsItself } from './answering.ts';
import { runsTwice } from './starting.ts';

/** A machine that stalls may let a value expire between two requests. */
const TRIES = 3;
/** A service may store a value a moment after it has answered with it. */
const ASKS = 3;

const TOO_SLOW = optional(
  'each try took longer than the TTL, so it cannot be told',
  'type TTL=5s, or longer',
);

export const servesFromCache: Part = {
  name: 'it serves from its cache',
  needs: [recomputesAsItself],
  async check(stage) {
    const seen = await whileFresh(stage, 'check-cache', (key) => isKept(stage, key));
    if (seen === undefined) return TOO_SLOW;
    if (seen) return ok('a later request within the TTL needed no recompute');
    return notMet(
      `each of ${ASKS + 1} requests within TTL_MS=${stage.settings.ttlMs} had a recompute of its own`,
      'keep the value for TTL_MS',
    );
  },
};

export const sharesValue: Part = {
  name: 'the others have the value',
  needs: [servesFromCache, runsTwice],
  async check(stage) {
    const seen = await whileFresh(
      stage,
      'check-share',
      async (key) => (await isKept(stage, key)) && isServedBy(SECOND, stage, key),
    );
    if (seen === undefined) return TOO_SLOW;
    if (seen) return ok(`${SECOND} had what ${FIRST} recomputed`);
    return notMet(
      `${SECOND} recomputed what ${FIRST} had recomputed a moment before`,
      'keep the value where all of its processes find it: in the Redis at REDIS_URL',
    );
  },
};

const EXPIRING = 'check-expiry';

export const expires: Part = {
  name: 'a value expires',
  needs: [servesFromCache],
  async check(stage) {
    const key = EXPIRING;
    const since = performance.now();
    await stage.ask(FIRST, key);
    const again = await stage.untilRecomputed(key);
    const afterMs = Math.round(performance.now() - since);
    if (again) return ok(`recomputed after ${formatDuration(afterMs)}, with TTL_MS=${stage.settings.ttlMs}`);
    return notMet(
      `no recompute within ${formatDuration(afterMs)}, with TTL_MS=${stage.settings.ttlMs}`,
      'recompute a value once it is TTL_MS old, and somebody asks for it',
    );
  },
};

export const namesReplaced: Part = {
  name: 'it says what it replaces',
  needs: [expires],
  async check(stage) {
    const [first, second] = stage.recomputesOf(EXPIRING);
    const replaces = second?.replaces;
    if (replaces !== undefined && replaces === first?.version) return ok(`replaces=${replaces}`);
    return optional(
      replaces === undefined
        ? 'it does not, which is allowed'
        : `replaces=${replaces}, and version ${first?.version} was the newest one stored`,
      'the judge takes the newest version that it had served before. To be exact, add &replaces=VERSION, the newest version ever stored',
    );
  },
};

/** Tells whether one round with a fresh key went well, before its value could expire; undefined if each took longer. */
async function whileFresh(
  { settings: { ttlMs } }: Stage,
  prefix: string,
  round: (key: string) => Promise<boolean>,
): Promise<boolean | undefined> {
  for (let tried = 1; tried <= TRIES; tried++) {
    const since = performance.now();
    if (await round(`${prefix}-${tried}`)) return true;
    if (performance.now() - since < ttlMs) return false;
  }
  return undefined;
}

/** Fills the key by the first instance. Tells whether that then answered without a recompute. */
async function isKept(stage: Stage, key: string): Promise<boolean> {
  await stage.ask(FIRST, key);
  for (let asks = 0; asks < ASKS; asks++) if (await isServedBy(FIRST, stage, key)) return true;
  return false;
}

/** Tells whether an instance answers without a recompute. */
async function isServedBy(name: string, stage: Stage, key: string): Promise<boolean> {
  const before = stage.recomputesOf(key).length;
  const { status } = await stage.ask(name, key);
  return status === 200 && stage.recomputesOf(key).length === before;
}
