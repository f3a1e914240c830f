import type { Event } from '../../../record/events.ts';
import { openJournal } from '../../shared/journal.ts';
import { wallTimeMs } from '../../shared/wall-time.ts';

export type Emit = (event: Event) => void;

/** Writes events to a journal, if there is one. A path that ends in / is a folder with a file for each name. */
export function emitter(path: string, by: string): Emit {
  if (!path) return () => {};
  const journal = openJournal(path.endsWith('/') ? `${path}${by}.jsonl` : path);
  return (event) => journal.append({ at: wallTimeMs(), by, ...event });
}
