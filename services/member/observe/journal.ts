import type { Event } from '../../../record/events.ts';
import { openJournal } from '../../shared/journal.ts';
import { wallTimeMs } from '../../shared/wall-time.ts';

export type Emit = (event: Event) => void;

/** Gives a function that writes events to a journal; without a path, to nowhere. A path with a / at the end is a folder. */
export function emitter(path: string, by: string): Emit {
  if (!path) return () => {};
  const journal = openJournal(path.endsWith('/') ? `${path}${by}.jsonl` : path);
  return (event) => journal.append({ at: wallTimeMs(), by, ...event });
}
