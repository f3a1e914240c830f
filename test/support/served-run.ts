import type { Recording } from '../../judge/evidence.ts';
import { evidenceFrom } from '../../judge/evidence.ts';
import { recomputeWindows } from '../../judge/waiting/recompute-windows.ts';
import type { Arrival } from '../../record/arrival.ts';
import { strategyNamed } from '../../strategies/index.ts';
import { generatedRun } from './generated-run.ts';
import { inOrderOfEnding } from './recorded-run.ts';

const REQUESTS = 20_000;
const REPLICAS = 4;
/** How long a hit takes at the client and in the replica. */
const [CLIENT_MS, REPLICA_MS] = [0.8, 0.5];

/** A request of the generated run, before it is spoiled. */
export interface Served {
  readonly index: number;
  readonly sentAt: number;
  readonly by: string;
  /** The recompute window that it was sent in, from 0; undefined: in none. */
  readonly window: number | undefined;
}

/** How a test changes a request: it keeps it for longer, at the client alone or in the replica too, or labels it otherwise. */
export interface Spoiled {
  readonly heldMs?: number;
  readonly at?: 'client' | 'replica';
  readonly served?: string;
}

const { recording } = await generatedRun(REQUESTS);
const startedAt = recording.facts.herd.lastDueAt - (REQUESTS - 1);
const windows = recomputeWindows(evidenceFrom({ ...recording, arrivals: [] }));

/** Where the recompute windows of the run begin, by the wall clock, from the first after the warm-up. */
export const windowsFrom: readonly number[] = evidenceFrom({ ...recording, arrivals: [] })
  .cycles.slice(2)
  .map(({ beganWallMs }) => beganWallMs);

/**
 * Gives a run of 20 s of stale-while-revalidate in which each request is answered at once, with a recompute of 200 ms every
 * 3.2 s. `spoil` changes some of its requests.
 */
export function servedRun(
  spoil: (request: Served) => Spoiled | undefined = () => undefined,
  { strategy = 'stale-while-revalidate', tells = true } = {},
): Recording {
  const claim = strategyNamed(strategy)?.claim;
  if (!claim) throw new Error(strategy);
  const arrivals = Array.from({ length: REQUESTS }, (_, index): Arrival => {
    const dueAt = startedAt + index;
    const sentAt = dueAt + 0.05;
    const by = `app-${(index % REPLICAS) + 1}`;
    const window = windows.meeting(sentAt, sentAt);
    const change = spoil({ index, sentAt, by, window });
    const { heldMs = 0, at = 'replica', served = window === undefined ? 'hit' : 'stale' } = change ?? {};
    return {
      ...{ dueAt, sentAt, ending: 'ok', status: 200, by, served, version: 1 },
      endedAt: sentAt + CLIENT_MS + heldMs,
      ...(tells && { tookMs: REPLICA_MS + (at === 'replica' ? heldMs : 0) }),
    };
  });
  return { ...recording, claim, arrivals: inOrderOfEnding(arrivals) };
}
