import { setTimeout as sleep } from 'node:timers/promises';
import type { Replica } from '../../cluster/cluster.ts';
import { type FaultEvent, INVALIDATED_BY_LAB } from '../../record/fault-events.ts';
import type { Journal } from '../../record/files/journal.ts';
import { wallTimeMs } from '../../services/shared/wall-time.ts';

/** How long a replica may take to acknowledge an invalidation. */
const ANSWER_WITHIN_MS = 2000;
/** By how much a pause may differ from the mean. Some are shorter than a recompute, so that a fill is overtaken. */
const SPREAD = 0.8;

export interface Invalidations {
  readonly cluster: { readonly replicas: readonly Replica[] };
  readonly key: string;
  /** The mean time from one to the next. */
  readonly everyMs: number;
  /** How long the first one waits in any case. */
  readonly afterMs: number;
  readonly random: () => number;
  /** The lab's. */
  readonly journal: Journal;
}

/** What goes on while the herd runs. Call `stop` in the end. */
export interface Invalidating {
  /** Leaves the key alone until `goOn` has been called once per `hold`. Resolves when the call under way has ended. */
  hold(): Promise<void>;
  /** Goes on after so long. */
  goOn(afterMs: number): void;
  /** Resolves when the last call has ended. */
  stop(): Promise<void>;
}

/** Invalidates nothing. */
export const NO_INVALIDATIONS: Invalidating = { hold: async () => {}, goOn() {}, stop: async () => {} };

/**
 * Invalidates the key about every so often, at one replica after another, over the route that a service's user has. Records
 * each call in the lab's journal.
 */
export function keepInvalidating({
  cluster,
  key,
  everyMs,
  afterMs,
  random,
  journal,
}: Invalidations): Invalidating {
  const end = new AbortController();
  const { signal } = end;
  let holds = 0;
  let heldUntil = 0;
  let underWay = Promise.resolve();
  const pauseMs = () => everyMs * (1 + SPREAD * (2 * random() - 1));
  async function run() {
    await sleep(afterMs, undefined, { signal });
    for (let turn = 0; ; turn++) {
      await sleep(pauseMs(), undefined, { signal });
      const { replicas } = cluster;
      const replica = replicas[turn % replicas.length];
      if (!replica || holds > 0 || performance.now() < heldUntil) continue;
      underWay = invalidateAt(replica, key).then((note) => journal.append(note));
      await underWay;
    }
  }
  // It ends by the signal alone.
  const running = run().catch(() => {});
  return {
    hold() {
      holds += 1;
      return underWay;
    },
    goOn(afterMs) {
      holds -= 1;
      heldUntil = performance.now() + afterMs;
    },
    async stop() {
      end.abort();
      await running;
    },
  };
}

/** Asks a replica to invalidate the key, and gives the note of it. */
async function invalidateAt({ name, url }: Replica, key: string): Promise<FaultEvent> {
  const askedAt = wallTimeMs();
  const ended = await fetch(`${url}/keys/${key}`, {
    method: 'DELETE',
    // An idle connection of the lab's own would hold up a replica's drain.
    headers: { connection: 'close' },
    signal: AbortSignal.timeout(ANSWER_WITHIN_MS),
  }).then(
    ({ status }) => ({ outcome: status === 204 ? 'ok' : 'unknown', status }),
    (error: Error) => ({ outcome: 'unknown', why: error.message }),
  );
  return {
    ...{ at: wallTimeMs(), by: 'lab', event: 'fault', fault: INVALIDATED_BY_LAB, phase: 'noted' },
    ...{ victim: name, what: INVALIDATED_BY_LAB, details: { askedAt, ...ended } },
  };
}
