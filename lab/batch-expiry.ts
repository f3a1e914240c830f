import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { forkHerd } from '../load/herd-process.ts';
import type { LedgerLine } from '../services/origin/ledger.ts';
import { type Finding, passIf } from './checks/check.ts';
import type { Cluster } from './cluster/cluster.ts';
import { startCluster } from './cluster/start.ts';
import { warmUp } from './experiment.ts';
import { Journals } from './journals.ts';
import type { Settings } from './settings.ts';

export const BIN_MS = 100;
const POLL_MS = 50;
/** How long after the last of the batch is due its recompute may begin: a request for it, and a busy machine. */
const SLACK_MS = 2000;

export interface Batch {
  readonly settings: Settings;
  readonly keys: number;
  /** The folder for logs, events and the ledger. */
  readonly folder: string;
  readonly signal: AbortSignal;
}

/**
 * Fills so many keys together, lets the herd ask for all of them in turn, and gives, for each key that was recomputed once
 * more, how long after its fill that began, in ms. Told by the origin's ledger alone.
 */
export async function expireBatch({ settings, keys, folder, signal }: Batch): Promise<number[]> {
  const names = Array.from({ length: keys }, (_, index) => `batch-${index}`);
  const cluster = await startCluster({ settings, folder, signal });
  let herd: ReturnType<typeof forkHerd> | undefined;
  try {
    await warmUp(cluster);
    await fillTogether(cluster, names);
    herd = forkHerd(
      {
        targets: cluster.replicas,
        paths: names.map((name) => `/keys/${name}`),
        ratePerSecond: settings.ratePerSecond,
        timeoutSeconds: 10,
        poolSeconds: 1,
      },
      join(cluster.files.logs, 'herd.log'),
    );
    const journals = new Journals(cluster.files);
    const giveUpAt = performance.now() + settings.ttlMs * (1 + settings.ttlJitter) + SLACK_MS;
    for (;;) {
      await sleep(POLL_MS, undefined, { signal });
      journals.refresh();
      const again = begunAgainMs(journals.ledger, names);
      if (again.length === keys || performance.now() > giveUpAt) return again;
    }
  } finally {
    herd?.kill();
    await cluster.down();
    if (signal.aborted) await rm(folder, { recursive: true, force: true });
  }
}

/** Every key at once, each at a replica in turn. */
async function fillTogether({ replicas }: Cluster, names: readonly string[]): Promise<void> {
  const fills = names.map(async (name, index) => {
    const answer = await fetch(`${replicas[index % replicas.length]?.url}/keys/${name}`);
    if (!answer.ok) throw new Error(`${name} could not be filled: ${await answer.text()}`);
  });
  await Promise.all(fills);
}

/** For each key whose second recompute has begun: how long after the end of its first, in ms. */
export function begunAgainMs(ledger: readonly LedgerLine[], names: readonly string[]): number[] {
  const ends = new Map(ledger.flatMap((line) => (line.event === 'end' ? [[line.id, line.at] as const] : [])));
  const begun = new Map<string, { readonly id: number; readonly at: number }[]>();
  for (const line of ledger) {
    if (line.event === 'begin') begun.set(line.key, [...(begun.get(line.key) ?? []), line]);
  }
  return names.flatMap((name) => {
    const [first, second] = begun.get(name) ?? [];
    const filledAt = first && ends.get(first.id);
    return second && filledAt !== undefined ? [second.at - filledAt] : [];
  });
}

/** How many fall into each bin, from the first that has any: `fromMs` is where that begins. */
export function perBin(timesMs: readonly number[]): { fromMs: number; counts: number[] } {
  const first = Math.floor(Math.min(...timesMs) / BIN_MS);
  const counts: number[] = [];
  for (const ms of timesMs) {
    const bin = Math.floor(ms / BIN_MS) - first;
    while (counts.length <= bin) counts.push(0);
    counts[bin] = (counts[bin] ?? 0) + 1;
  }
  return { fromMs: first * BIN_MS, counts };
}

/**
 * What a bin should see at the most. The keys are due over 2·jitter·TTL, and each is recomputed when it is asked for next,
 * up to keys/rate later; whichever is longer spreads the batch.
 */
export function expectedPeak(
  { ttlMs, ratePerSecond, ttlJitter }: Pick<Settings, 'ttlMs' | 'ratePerSecond' | 'ttlJitter'>,
  keys: number,
): number {
  const spreadMs = Math.max(2 * ttlJitter * ttlMs, (keys / ratePerSecond) * 1000, BIN_MS);
  return (keys * BIN_MS) / spreadMs;
}

/**
 * Whether jitter spread the batch as the model says: the time of each key's next recompute without it, and with it. Unknown
 * where the batch was not due together even without it: then the load was not what the model takes it for.
 */
export function judgeBatch(
  settings: Pick<Settings, 'ttlMs' | 'ratePerSecond' | 'ttlJitter'>,
  keys: number,
  without: readonly number[],
  withJitter: readonly number[],
): Finding {
  if (without.length < keys || withJitter.length < keys)
    return { verdict: 'unknown', detail: 'some keys were not asked for again' };
  const before = peakOf(without);
  const after = peakOf(withJitter);
  const together = expectedPeak({ ...settings, ttlJitter: 0 }, keys);
  if (before < together / 2)
    return { verdict: 'unknown', detail: `peak ${before} without it: the load did not keep its pace` };
  const expected = expectedPeak(settings, keys);
  // The most of several counts is seldom three of their standard deviations above the mean.
  const most = Math.ceil(expected + 3 * Math.sqrt(expected));
  return passIf(after < before && after <= most, `peak ${before} without, ${after} with; at most ${most}`);
}

export const peakOf = (timesMs: readonly number[]): number => Math.max(0, ...perBin(timesMs).counts);
