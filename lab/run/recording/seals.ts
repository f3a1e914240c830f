import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { JournalState } from '../../../record/files/journal.ts';
import { JournalReader } from '../../../record/files/journal-reader.ts';
import { EVENTS, LAB_JOURNAL, LEDGER, nameWithin, RUN, sealText } from '../../../record/files/run-folder.ts';
import type { FileSeal } from '../../../record/run.ts';
import type { Recorders } from './recorders.ts';

const ANSWER_WITHIN_MS = 2000;

/** What each service says about its journal, by the journal's path in the run's folder. */
export type JournalStates = ReadonlyMap<string, JournalState>;

/** What is said of a journal whose process is there and does not answer. */
export const SILENT: JournalState = { lines: 0, broken: 'its process did not answer' };

/**
 * Asks every service about its journal. One that is gone is left out. `silent`: what to say of one that does not answer in
 * time; by default it is left out too, since a fault may have frozen it.
 */
export async function journalStatesOf(
  { origin, replicas, refreshers, ledgerState }: Recorders,
  silent?: JournalState,
): Promise<JournalStates> {
  const journals = [
    ...(ledgerState ? [] : [{ file: LEDGER, url: origin.url }]),
    ...[...replicas, ...refreshers].map(({ name, url }) => ({ file: join(EVENTS, `${name}.jsonl`), url })),
  ];
  const answers = await Promise.allSettled(
    journals.map(async ({ file, url }) => [file, await askJournal(url, silent)] as const),
  );
  const copied = ledgerState && ([LEDGER, await ledgerState()] as const);
  return new Map([
    ...answers.flatMap((answer) => (answer.status === 'fulfilled' ? [answer.value] : [])),
    ...(copied ? [copied] : []),
  ]);
}

/** Adds later states to earlier ones. What was broken once stays so, whoever goes on writing. */
export const addStates = (before: JournalStates, later: JournalStates): JournalStates =>
  new Map(
    [...before, ...later].map(([file, state]) => [
      file,
      before.get(file)?.broken ? (before.get(file) ?? state) : state,
    ]),
  );

export const hasBrokenJournal = (states: JournalStates): boolean =>
  [...states.values()].some(({ broken }) => broken !== undefined);

async function askJournal(url: string, silent: JournalState | undefined): Promise<JournalState> {
  try {
    const answer = await fetch(`${url}/journal`, {
      headers: { connection: 'close' },
      signal: AbortSignal.timeout(ANSWER_WITHIN_MS),
    });
    return (await answer.json()) as JournalState;
  } catch (error) {
    if ((error as Error).name === 'TimeoutError' && silent) return silent;
    throw error;
  }
}

/** Seals `run.json` and the journals of a run that is over: what each holds, and why it is not complete if it is not. */
export function sealFiles(folder: string, states: JournalStates): Record<string, FileSeal> {
  const events = join(folder, EVENTS);
  const there = existsSync(events) ? readdirSync(events).map((file) => join(EVENTS, file)) : [];
  const files = new Set([LEDGER, LAB_JOURNAL, ...there, ...states.keys()]);
  return {
    [RUN]: sealText(readFileSync(join(folder, RUN), 'utf8')),
    ...Object.fromEntries([...files].map((file) => [file, sealOf(folder, file, states.get(file))])),
  };
}

function sealOf(folder: string, file: string, state: JournalState | undefined): FileSeal {
  const path = join(folder, file);
  const reader = new JournalReader(path, nameWithin(folder, path));
  reader.read();
  const { seal, damage } = reader;
  const lost = state && seal.lines < state.lines ? `${state.lines - seal.lines} lines are lost` : undefined;
  const broken = damage ?? state?.broken ?? lost;
  return { ...seal, ...(broken !== undefined && { broken }) };
}
