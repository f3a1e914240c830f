import type { AppMetrics } from './metrics.ts';

const EVERY_MS = 60_000;
/** The most keys remembered, so that a store full of garbage takes no memory. */
const MOST_KEYS = 1000;

/** Gives a function that counts the looks at unreadable entries, and logs each key at most once a minute. */
export function unreadableEntries(
  { unreadable }: Pick<AppMetrics, 'unreadable'>,
  now: () => number,
  log: (line: string) => void,
): (key: string) => void {
  const logged = new Map<string, number>();
  return (key) => {
    unreadable.inc();
    const last = logged.get(key);
    if (last !== undefined && now() - last < EVERY_MS) return;
    logged.delete(key);
    logged.set(key, now());
    const [oldest] = logged.keys();
    if (logged.size > MOST_KEYS && oldest !== undefined) logged.delete(oldest);
    log(
      `the entry of ${key} in the store cannot be read: it counts as a miss, and the next recompute replaces it`,
    );
  };
}
