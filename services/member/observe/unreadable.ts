import { RecentKeys } from '../../../strategies/shared/bounded/recent-keys.ts';
import type { AppMetrics } from './metrics.ts';

const EVERY_MS = 60_000;
/** The most keys remembered. */
const MOST_KEYS = 1000;

/** Gives a function that counts the looks at unreadable entries, and logs each key at most once a minute. */
export function unreadableEntries(
  { unreadable }: Pick<AppMetrics, 'unreadable'>,
  now: () => number,
  log: (line: string) => void,
): (key: string) => void {
  const logged = new RecentKeys<number>(MOST_KEYS);
  return (key) => {
    unreadable.inc();
    const last = logged.get(key);
    if (last !== undefined && now() - last < EVERY_MS) return;
    logged.set(key, now());
    log(
      `the entry of ${key} in the store cannot be read: it counts as a miss, and the next recompute replaces it`,
    );
  };
}
