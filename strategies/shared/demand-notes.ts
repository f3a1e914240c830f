import type { Parts } from '../contract/index.ts';

/** How many intervals a key stays in demand after its last note. One or two lost notes change nothing. */
export const DEMAND_LASTS_INTERVALS = 3;

/** How many keys one note has, so that none keeps the store busy for long. */
const KEYS_PER_NOTE = 500;
/** How many keys a process notes per interval. Requests for others go without a note, until the next interval. */
const MOST_NOTED = 10_000;

/**
 * Gives a function that notes a request for a key. A process sends its notes at most once per interval, for all keys
 * together. Nobody waits for them, and the next ones make up for a lost one.
 */
export function demandNotes<V>({ demand, clock, options }: Parts<V>): (key: string) => void {
  const asked = new Set<string>();
  let sending = false;

  async function send(): Promise<void> {
    sending = true;
    while (asked.size > 0) {
      const keys = [...asked];
      asked.clear();
      for (let first = 0; first < keys.length; first += KEYS_PER_NOTE) {
        const noted = keys.slice(first, first + KEYS_PER_NOTE);
        demand.note(noted, DEMAND_LASTS_INTERVALS * options.refreshIntervalMs).catch(() => {});
      }
      await clock.sleep(options.refreshIntervalMs);
    }
    sending = false;
  }

  return (key) => {
    if (asked.size < MOST_NOTED) asked.add(key);
    if (!sending) void send();
  };
}
