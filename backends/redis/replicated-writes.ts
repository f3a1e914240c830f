import { StoreUnavailable } from '../../strategies/contract/errors.ts';
import type { RedisPort } from './port.ts';

/** A way to write, and to wait until what was written there counts. */
export interface Writes extends Pick<RedisPort, 'run'> {
  /** Resolves when all that was written so far counts. Throws {@link StoreUnavailable} if it may be lost at a failover. */
  replicated(): Promise<void>;
  /** Whether the last wait was in vain. */
  readonly isBehind: boolean;
}

/** Makes writes that count as soon as the primary has them. */
export const plainWrites = (redis: Pick<RedisPort, 'run'>): Writes => ({
  run: (...call) => redis.run(...call),
  replicated: async () => {},
  isBehind: false,
});

/**
 * Makes writes that count once enough Redis replicas have them. This narrows the gap of a failover; it does not close it.
 * Give it a connection of its own: WAIT keeps everything behind it on its connection waiting. It speaks for the writes
 * of its own connection only. So that these do not queue behind one WAIT each, callers share one: that in flight if it was sent
 * after their writes, else the next.
 */
export function replicatedWrites(
  redis: Pick<RedisPort, 'run' | 'waitForReplicas'>,
  { replicas, withinMs }: { readonly replicas: number; readonly withinMs: number },
): Writes {
  let sent = 0;
  let covered = 0;
  let isBehind = false;
  let inFlight: Promise<number> | undefined;
  let next: Promise<number> | undefined;

  function start(): Promise<number> {
    covered = sent;
    inFlight = redis.waitForReplicas(replicas, withinMs).finally(() => {
      inFlight = undefined;
    });
    return inFlight;
  }

  function queueBehind(current: Promise<number>): Promise<number> {
    const startNext = () => {
      next = undefined;
      return start();
    };
    next = current.then(startNext, startNext);
    return next;
  }

  return {
    get isBehind() {
      return isBehind;
    },
    run(...call) {
      sent += 1;
      return redis.run(...call);
    },
    async replicated() {
      const current = covered === sent ? inFlight : undefined;
      // The queue comes first: between two there is a moment with none in flight and one about to start.
      const have = await (next ?? current ?? (inFlight ? queueBehind(inFlight) : start()));
      isBehind = have < replicas;
      if (isBehind)
        throw new StoreUnavailable(
          `only ${have} of ${replicas} Redis replicas had the write within ${withinMs} ms`,
          { reason: 'not-replicated' },
        );
    },
  };
}
