import { fileURLToPath } from 'node:url';
import type { Answered } from '../../faults/support/evidence.ts';
import { isAnswered } from '../../faults/support/witness.ts';
import type { Recording } from '../../judge/evidence.ts';
import { readRun } from '../../lab/run/recording/read-run.ts';
import type { Arrival } from '../../record/arrival.ts';

/** A recording whose arrivals are in memory, so that a test can spoil some. */
export interface RecordedRun extends Recording {
  readonly arrivals: readonly Arrival[];
}

/** Reads a real run from test/fixtures/. */
export async function recordedRun(name: string): Promise<RecordedRun> {
  const recording = await readRun(fileURLToPath(new URL(`../fixtures/${name}`, import.meta.url)));
  return { ...recording, arrivals: [...recording.arrivals] };
}

/** Lists the requests that were answered, as the checks see them. */
export const answeredIn = ({ arrivals }: { readonly arrivals: Iterable<Arrival> }): Answered[] =>
  [...arrivals].filter(isAnswered);

/** Puts arrivals into the order in which the herd writes them down: as they ended, or fell due and were not sent. */
export const inOrderOfEnding = (arrivals: readonly Arrival[]): Arrival[] =>
  arrivals.toSorted((a, b) => (a.endedAt ?? a.dueAt) - (b.endedAt ?? b.dueAt));
