import type { Event } from '../../../record/events.ts';
import { type JournalState, openJournal } from '../../../record/files/journal.ts';
import { wallTimeMs } from '../../shared/wall-time.ts';

export type Emit = (event: Event) => void;

/** A process's journal of events. */
export interface EventJournal {
  /** Records an event. Never throws: see `record/files/journal.ts`. */
  readonly emit: Emit;
  readonly state: JournalState;
}

/** Records nothing. */
const NO_JOURNAL: EventJournal = { emit: () => {}, state: { lines: 0 } };

/**
 * Opens the process's journal of events; without a path it records nothing. A path with a / at the end is a folder. Calls
 * `onBroken` with the error's code once it cannot write.
 */
export function eventJournal(path: string, by: string, onBroken: (code: string) => void): EventJournal {
  if (!path) return NO_JOURNAL;
  const journal = openJournal(path.endsWith('/') ? `${path}${by}.jsonl` : path, onBroken);
  return {
    emit: (event) => journal.append({ at: wallTimeMs(), by, ...event }),
    get state() {
      return journal.state;
    },
  };
}
