import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { readFile } from 'node:fs/promises';

/** How a scheduled request ended. `unsent`: its connection was still busy with the one before. */
export type Ending = 'ok' | 'error' | 'timeout' | 'unsent';

/** One scheduled request. Times are wall time in ms since the epoch, with a fraction. */
export interface Arrival {
  /** When it was due: latency counts from here, so that a late injector hides nothing. */
  readonly dueAt: number;
  readonly sentAt?: number;
  readonly endedAt?: number;
  readonly ending: Ending;
  readonly status?: number;
  /** What the answer said of itself. */
  readonly by?: string;
  readonly served?: string;
  readonly version?: number;
  readonly degraded?: boolean;
  /** When the replica had the answer, by its own clock. */
  readonly answeredAt?: number;
  /** The proxy that answered, and how it came by it: see cache-status.ts. */
  readonly via?: string;
  readonly cache?: 'hit' | 'stale' | 'fwd';
  /** Whom it was sent to, and why it failed. */
  readonly to?: string;
  readonly why?: string;
  /** How many arrivals this line stands for, where the history was thinned. */
  readonly weight?: number;
}

/** Up to this many arrivals every one is kept. */
export const KEEP_ALL = 500_000;
const KEEP_ONE_IN = 10;
const SLOW_MS = 20;

/** Above {@link KEEP_ALL} quick hits are thinned to one in ten; what was slow, waited, recomputed or failed never is. */
export function thinned(arrivals: readonly Arrival[]): Arrival[] {
  if (arrivals.length <= KEEP_ALL) return [...arrivals];
  let hits = 0;
  return arrivals.flatMap((arrival) => {
    const quick = arrival.served === 'hit' && (arrival.endedAt ?? Infinity) - arrival.dueAt < SLOW_MS;
    if (!quick) return [arrival];
    return hits++ % KEEP_ONE_IN === 0 ? [{ ...arrival, weight: KEEP_ONE_IN }] : [];
  });
}

export async function writeHistory(path: string, arrivals: readonly Arrival[]): Promise<void> {
  const file = createWriteStream(path);
  for (const arrival of thinned(arrivals)) {
    if (!file.write(`${JSON.stringify(arrival)}\n`)) await once(file, 'drain');
  }
  file.end();
  await once(file, 'finish');
}

export async function readHistory(path: string): Promise<Arrival[]> {
  const lines = (await readFile(path, 'utf8')).split('\n').filter(Boolean);
  return lines.map((line) => JSON.parse(line) as Arrival);
}
