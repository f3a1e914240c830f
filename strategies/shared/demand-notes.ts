import type { Parts } from '../contract/index.ts';

/** How many intervals a key stays in demand after its last note. One or two lost notes change nothing. */
export const DEMAND_LASTS_INTERVALS = 3;

/**
 * Gives a function that notes a request for a key. A process sends the store at most one note per interval, for all keys
 * together. Nobody waits for it, and the next note makes up for a lost one.
 */
export function demandNotes<V>({ demand, clock, options }: Parts<V>): (key: string) => void {
  const asked = new Set<string>();
  let sending = false;

  async function send(): Promise<void> {
    sending = true;
    while (asked.size > 0) {
      const keys = [...asked];
      asked.clear();
      demand.note(keys, DEMAND_LASTS_INTERVALS * options.refreshIntervalMs).catch(() => {});
      await clock.sleep(options.refreshIntervalMs);
    }
    sending = false;
  }

  return (key) => {
    asked.add(key);
    if (!sending) void send();
  };
}
