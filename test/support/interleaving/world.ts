import type { Scheduler } from 'fast-check';
import type { IoRedisPort } from '../../../backends/redis/ioredis/connection.ts';
import { StoreUnavailable } from '../../../strategies/contract/errors.ts';
import type { Definition, Refresher, Strategy } from '../../../strategies/contract/index.ts';
import { type Beginning, begin } from './beginnings.ts';
import { type Disturbance, disturb } from './disturbances.ts';
import { Ear } from './ear.ts';
import { History } from './history.ts';
import { partsOf } from './replica.ts';
import { KEY, type Shared } from './shared.ts';
import { Steps } from './steps.ts';

export interface Connections {
  readonly redis: IoRedisPort;
  readonly subscriber: IoRedisPort;
}

export interface Run {
  readonly scheduler: Scheduler;
  readonly seed: number;
  readonly beginning: Beginning;
  /** Nobody is early, and no wait ends by its time. */
  readonly calm?: boolean;
  /** For each client the replicas that it asks, one after another. */
  readonly clients: readonly (readonly number[])[];
  readonly disturbances: readonly Disturbance[];
}

export const REPLICAS = 3;
/** Beside the replicas, where the strategy has any; each ticks so often, whether or not the last tick has ended. */
const REFRESHERS = 2;
const TICKS = 4;

/** Runs clients against replicas, and refreshers, of a strategy to their end, every step in its turn; gives what happened. */
export async function play(
  definition: Definition,
  { redis, subscriber }: Connections,
  run: Run,
): Promise<History> {
  await redis.client.flushall();
  const steps = new Steps(run.scheduler, () => subscriber.client.ping());
  const shared: Shared = {
    redis,
    steps,
    history: new History(definition.claim),
    seed: run.seed,
    calm: run.calm ?? false,
    faults: {
      originFailures: 0,
      lostRequest: new Set(),
      lostReply: new Set(),
      noLease: new Set(),
      leaseAbandoned: false,
    },
    now: 0,
  };
  await begin(run.beginning, KEY, shared);
  const members = REPLICAS + (definition.refresher ? REFRESHERS : 0);
  const ears = Array.from({ length: members }, (_, member) => new Ear(subscriber, steps, member));
  const relay = (name: string, message: string) => {
    for (const ear of ears) void ear.hear(name, message);
  };
  const parts = ears.map((ear, member) => partsOf(member, shared, ear));
  const replicas = parts.slice(0, REPLICAS).map((its) => definition.create(its));
  const refreshers = parts.slice(REPLICAS).flatMap((its) => definition.refresher?.(its) ?? []);
  const actors = [
    ...run.clients.map((asks) => client(asks, replicas, shared)),
    ...refreshers.map((refresher, index) => schedule(refresher, REPLICAS + index, shared)),
  ];

  subscriber.client.on('message', relay);
  try {
    const coming = [...run.disturbances];
    let last = 0;
    await steps.take(Promise.all(actors), async () => {
      if (!coming[0] || steps.taken < last + coming[0].after) return false;
      last = steps.taken;
      await disturb(coming[0], shared, ears);
      coming.shift();
      return true;
    });
    shared.history.check();
  } catch (error) {
    throw new Error(`${(error as Error).message}, after:\n${shared.history.events.join('\n')}`, {
      cause: error,
    });
  } finally {
    subscriber.client.off('message', relay);
  }
  return shared.history;
}

async function client(asks: readonly number[], replicas: readonly Strategy<string>[], shared: Shared) {
  for (const who of asks) {
    await shared.steps.step('is asked', who);
    const checked = shared.history.asked(`r${who}`);
    const replica = replicas[who];
    if (replica) await checked(replica.get(KEY));
  }
}

async function schedule(refresher: Refresher, who: number, { steps }: Shared) {
  const tick = async () => {
    await steps.step('ticks', who);
    await refresher.tick().catch((error) => {
      if (!(error instanceof StoreUnavailable)) throw error;
    });
  };
  await Promise.all(Array.from({ length: TICKS }, tick));
}
