import type { Scheduler } from 'fast-check';
import type { ScriptedRedis } from '../../../backends/redis.ts';
import type { Definition, Strategy } from '../../../strategies/contract.ts';
import { type Beginning, begin } from './beginnings.ts';
import { type Disturbance, disturb } from './disturbances.ts';
import { Ear } from './ear.ts';
import { History } from './history.ts';
import { KEY, partsOf, type Shared } from './replica.ts';
import { Steps } from './steps.ts';

export interface Connections {
  readonly redis: ScriptedRedis;
  readonly subscriber: ScriptedRedis;
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

/** Runs clients against replicas of a strategy to their end, every step in its turn; gives what happened. */
export async function play(
  definition: Definition,
  { redis, subscriber }: Connections,
  run: Run,
): Promise<History> {
  await redis.flushall();
  const steps = new Steps(run.scheduler, () => subscriber.ping());
  const shared: Shared = {
    redis,
    steps,
    history: new History(definition.claim),
    seed: run.seed,
    calm: run.calm ?? false,
    faults: { originFailures: 0, lostRequest: new Set(), lostReply: new Set(), leaseAbandoned: false },
    now: 0,
  };
  await begin(run.beginning, KEY, shared);
  const ears = Array.from({ length: REPLICAS }, (_, replica) => new Ear(subscriber, steps, replica));
  const relay = (name: string, message: string) => {
    for (const ear of ears) void ear.hear(name, message);
  };
  const replicas = ears.map((ear, replica) => definition.create(partsOf(replica, shared, ear)));
  const clients = run.clients.map((asks) => client(asks, replicas, shared));

  subscriber.on('message', relay);
  try {
    const coming = [...run.disturbances];
    let last = 0;
    await steps.take(Promise.all(clients), async () => {
      if (!coming[0] || steps.taken < last + coming[0].after) return false;
      last = steps.taken;
      await disturb(coming[0], shared, ears);
      coming.shift();
      return true;
    });
  } catch (error) {
    throw new Error(`${(error as Error).message}, after:\n${shared.history.events.join('\n')}`, {
      cause: error,
    });
  } finally {
    subscriber.off('message', relay);
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
