import { existsSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { RunData, RunEvent, RunFacts } from '../facts.ts';
import type { LedgerLine } from '../ledger.ts';
import { readHistory } from './history.ts';
import { JsonLines } from './json-lines.ts';

const FACTS = 'facts.json';
export const HISTORY = 'history.jsonl';
export const EVENTS = 'events.jsonl';
export const LEDGER = 'ledger.jsonl';
/** A folder, with a file per replica. */
export const EVENTS_OF_REPLICAS = 'events';

export async function writeFacts(
  folder: string,
  facts: RunFacts,
  events: readonly RunEvent[],
): Promise<void> {
  await writeFile(join(folder, FACTS), `${JSON.stringify(facts, null, 2)}\n`);
  await writeFile(join(folder, EVENTS), events.map((event) => `${JSON.stringify(event)}\n`).join(''));
}

/** Reads the folder of a finished run; undefined if it is none. */
export async function readRunData(folder: string): Promise<RunData | undefined> {
  if (!existsSync(join(folder, FACTS))) return undefined;
  return {
    facts: JSON.parse(await readFile(join(folder, FACTS), 'utf8')) as RunFacts,
    ledger: new JsonLines<LedgerLine>(join(folder, LEDGER)).read(),
    events: new JsonLines<RunEvent>(join(folder, EVENTS)).read(),
    arrivals: await readHistory(join(folder, HISTORY)),
  };
}
