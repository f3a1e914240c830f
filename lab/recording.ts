import { existsSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { HerdResult } from '../load/herd.ts';
import { type Arrival, readHistory } from '../load/history.ts';
import type { RecordedEvent } from '../services/app/events.ts';
import type { LedgerLine } from '../services/origin/ledger.ts';
import type { Claim } from '../strategies/contract.ts';
import { strategyNamed } from '../strategies/index.ts';
import type { Fault } from './faults/fault.ts';
import { faultNamed } from './faults/index.ts';
import type { FaultEvent } from './faults/timeline.ts';
import { JsonLines } from './json-lines.ts';
import { claimBehind } from './proxies/claim.ts';
import type { Settings } from './settings.ts';
import { UsageError } from './usage-error.ts';

/** What the lab knows of a run beside what the services and the herd recorded. */
export interface RunFacts {
  readonly run: string;
  readonly runtime: string;
  readonly settings: Settings;
  readonly herd: Omit<HerdResult, 'arrivals'>;
  /** Members that ended though nobody told them to. */
  readonly casualties: readonly string[];
  readonly host: { readonly cpus: number; readonly node: string; readonly redis: string };
  /** Commands the replicas sent; null when the server's count was lost. */
  readonly redisCommands: number | null;
}

/** What the replicas recorded, and what the lab did to them. */
export type RunEvent = RecordedEvent | FaultEvent;

/** Everything that was recorded of a run, and nothing else: the judge sees only this. */
export interface Recording {
  readonly facts: RunFacts;
  readonly claim: Claim;
  readonly fault: Fault | undefined;
  readonly ledger: readonly LedgerLine[];
  readonly events: readonly RunEvent[];
  readonly arrivals: readonly Arrival[];
}

const FACTS = 'facts.json';
export const HISTORY = 'history.jsonl';
export const EVENTS = 'events.jsonl';
export const LEDGER = 'ledger.jsonl';
/** A folder, with a file a replica. */
export const EVENTS_OF_REPLICAS = 'events';

export async function writeFacts(
  folder: string,
  facts: RunFacts,
  events: readonly RunEvent[],
): Promise<void> {
  await writeFile(join(folder, FACTS), `${JSON.stringify(facts, null, 2)}\n`);
  await writeFile(join(folder, EVENTS), events.map((event) => `${JSON.stringify(event)}\n`).join(''));
}

/** A run as it lies on disk. */
export async function readRecording(folder: string): Promise<Recording> {
  if (!existsSync(join(folder, FACTS))) {
    throw new UsageError(
      `${folder} is not the folder of a finished run. Allowed: a folder below results. Type: make judge RUN=results/latest`,
    );
  }
  const facts = JSON.parse(await readFile(join(folder, FACTS), 'utf8')) as RunFacts;
  const definition = strategyNamed(facts.settings.strategy);
  if (!definition)
    throw new UsageError(`${folder} is a run of ${facts.settings.strategy}, which this lab does not know`);
  return {
    facts,
    claim: claimBehind(definition.claim, facts.settings),
    fault: faultNamed(facts.settings.fault),
    ledger: new JsonLines<LedgerLine>(join(folder, LEDGER)).read(),
    events: new JsonLines<RunEvent>(join(folder, EVENTS)).read(),
    arrivals: await readHistory(join(folder, HISTORY)),
  };
}
