import type { Parts } from '../contract/index.ts';

/** A key is in demand for so many intervals after its last note, so that one or two lost notes change nothing. */
export const DEMAND_LASTS_INTERVALS = 3;

/**
 * Gives a function that notes that a key is asked for. A process sends the store one note an interval at most, of all
 * keys together, however many ask; nobody waits for it, and one that is lost is made good by the next.
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
