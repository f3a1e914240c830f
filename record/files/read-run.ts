import { readdirSync, realpathSync } from 'node:fs';
import { join } from 'node:path';
import type { z } from 'zod';
import type { RunData, RunEvent } from '../facts.ts';
import { isForeign } from '../foreign/foreign.ts';
import type { LedgerLine } from '../ledger.ts';
import { ledgerLineSchema, runEventSchema } from '../line-schemas.ts';
import { type FileSeal, FORMAT, type RunEnd, type RunStart, runEndSchema, runStartSchema } from '../run.ts';
import type { WallMs } from '../times.ts';
import { isWithinRun, readHistory } from './history.ts';
import { JournalReader } from './journal-reader.ts';
import { isFolder, NotAFile } from './own-file.ts';
import { EVENTS, FACTS, HISTORY, LAB_JOURNAL, LEDGER, nameWithin, RUN, sealText } from './run-folder.ts';
import { checkJson, parseJson, readText } from './small-json.ts';

/** The folder is none of a run, or of a run that this lab cannot read. The message says why in a few words. */
export class NoRun extends Error {
  readonly code = 'ERR_DOGPILE_NO_RUN';
}

/**
 * Reads a run's folder, finished or not. Each piece that is missing, broken or changed is named in `damage`; what was read
 * of it counts for nothing then. The folder may come from a stranger: no link is followed and no file is written. Throws
 * {@link NoRun} without a readable `run.json`.
 */
export function readRunFolder(path: string): RunData {
  const folder = realPathOf(path);
  const { start, seal } = readRunStart(folder);
  const damage: string[] = [];
  const end = readRunEnd(folder, damage);
  if (end && end.files[RUN]?.sha256 !== seal.sha256)
    damage.push(`${RUN} differs from its digest in ${FACTS}`);
  if (end && !end.files[HISTORY]) damage.push(`${HISTORY} is not in ${FACTS}`);
  if (end) damage.push(...missingJournals(start, end));
  const read = <T extends object>(name: string, schema: z.ZodType) =>
    readJournal<T>(folder, name, { schema, startedAt: start.startedAt, end, damage });
  const ledger = read<LedgerLine>(LEDGER, ledgerLineSchema);
  const events = [...eventFilesOf(folder, damage), LAB_JOURNAL].flatMap((name) =>
    read<RunEvent>(name, runEventSchema),
  );
  const known = new Set([RUN, LEDGER, LAB_JOURNAL, HISTORY, ...eventFilesOf(folder, [])]);
  for (const name of Object.keys(end?.files ?? {})) if (!known.has(name)) damage.push(`${name} is missing`);
  return {
    facts: { ...start, ...(end ?? nothingSealed(start)) },
    ledger,
    events: events.sort((a, b) => a.at - b.at),
    arrivals: readHistory(join(folder, HISTORY), { seal: end?.files[HISTORY], startedAt: start.startedAt }),
    damage,
  };
}

/** Gives the real path of a folder. Throws {@link NoRun} if there is none. */
export function realPathOf(path: string): string {
  try {
    const folder = realpathSync(path);
    if (isFolder(folder)) return folder;
  } catch {
    // Said below.
  }
  throw new NoRun('there is no such folder');
}

/** Reads how a run began. Throws {@link NoRun} without a readable `run.json`. */
export function readRunStart(folder: string): { start: RunStart; seal: FileSeal } {
  const text = readText(join(folder, RUN));
  if (text === undefined) throw new NoRun(`it has no ${RUN} that can be read`);
  const format = (parseJson(text) as { format?: unknown } | undefined)?.format;
  if (format !== FORMAT) throw new NoRun(`its ${RUN} is not of format ${FORMAT}`);
  const start = checkJson(runStartSchema, text, (why) => {
    throw new NoRun(`its ${RUN} is broken: ${why}`);
  }) as RunStart;
  return { start, seal: sealText(text) };
}

function readRunEnd(folder: string, damage: string[]): RunEnd | undefined {
  const text = readText(join(folder, FACTS));
  if (text !== undefined)
    return checkJson(runEndSchema, text, (why) => damage.push(`${FACTS} is broken: ${why}`));
  damage.push(`${FACTS} cannot be read: the run was cut short`);
  return undefined;
}

/** Names the journals that every run has and this one lacks. A user's own service writes none. */
function missingJournals({ members, settings }: RunStart, { files }: RunEnd): string[] {
  const writers = isForeign(settings)
    ? []
    : members.filter(({ role }) => role === 'replica' || role === 'refresher');
  const needed = [LEDGER, LAB_JOURNAL, ...writers.map(({ name }) => `${EVENTS}/${name}.jsonl`)];
  return needed.flatMap((name) => ((files[name]?.lines ?? 0) === 0 ? [`${name} has no lines`] : []));
}

interface JournalReading {
  readonly schema: z.ZodType;
  readonly startedAt: WallMs;
  readonly end: RunEnd | undefined;
  readonly damage: string[];
}

/** Reads a journal, checks the shape of its lines, and compares it with what `facts.json` says of it. */
function readJournal<T extends object>(
  folder: string,
  name: string,
  { schema, startedAt, end, damage }: JournalReading,
): T[] {
  const reader = new JournalReader<T>(join(folder, name), name);
  try {
    const lines = reader.read();
    const strange = lines.findIndex(
      (line) => !schema.safeParse(line).success || !isWithinRun((line as { at: number }).at, startedAt),
    );
    damage.push(...differences(name, reader, end));
    if (strange >= 0) damage.push(`${name}: line ${strange + 1} is not what belongs there`);
    return strange >= 0 ? [] : lines;
  } catch (error) {
    damage.push(error instanceof NotAFile ? `${name} is not a regular file` : `${name} cannot be read`);
    return [];
  }
}

function differences(name: string, { seal, damage }: JournalReader<object>, end: RunEnd | undefined) {
  if (damage !== undefined) return [damage];
  if (!end) return [];
  const sealed = end.files[name];
  if (!sealed) return [`${name} is not in ${FACTS}`];
  if (sealed.broken !== undefined) return [`${name} is not complete: ${sealed.broken}`];
  if (seal.lines !== sealed.lines) return [`${name} has ${seal.lines} lines; ${FACTS} says ${sealed.lines}`];
  return seal.sha256 === sealed.sha256 ? [] : [`${name} differs from its digest in ${FACTS}`];
}

/** Lists the journals of events that are there. */
function eventFilesOf(folder: string, damage: string[]): string[] {
  const path = join(folder, EVENTS);
  if (isFolder(join(folder, 'data')) && isFolder(path))
    return readdirSync(path)
      .filter((name) => /^[\w.-]+\.jsonl$/.test(name))
      .map((name) => nameWithin(folder, join(path, name)));
  damage.push(`${EVENTS} is missing`);
  return [];
}

/** Stands for what `facts.json` would say. */
const nothingSealed = ({ startedAt }: RunStart): RunEnd => ({
  herd: { scheduled: 0, openedAt: startedAt, lastDueAt: startedAt, eventLoopDelayMs: { p99: 0, max: 0 } },
  casualties: [],
  host: { cpus: 0, node: 'unknown', redis: 'unknown' },
  redisCommands: null,
  files: {},
});
