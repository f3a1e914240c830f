import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { readFile } from 'node:fs/promises';
import type { Arrival } from '../arrival.ts';

/** Up to this many arrivals the history has all of them. */
const KEEP_ALL = 500_000;
const KEEP_ONE_IN = 10;
const SLOW_MS = 20;

/**
 * Thins out more than {@link KEEP_ALL} arrivals: keeps one in ten quick hits, and every request that was slow, waited,
 * recomputed or failed.
 */
function thinOut(arrivals: readonly Arrival[]): Arrival[] {
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
  for (const arrival of thinOut(arrivals)) {
    if (!file.write(`${JSON.stringify(arrival)}\n`)) await once(file, 'drain');
  }
  file.end();
  await once(file, 'finish');
}

export async function readHistory(path: string): Promise<Arrival[]> {
  const lines = (await readFile(path, 'utf8')).split('\n').filter(Boolean);
  return lines.map((line) => JSON.parse(line) as Arrival);
}
