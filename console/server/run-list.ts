import { lstatSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { isFolder } from '../../record/files/own-file.ts';
import { readRunStart } from '../../record/files/read-run.ts';
import {
  DATA,
  EVENTS,
  FACTS,
  HISTORY,
  LAB_JOURNAL,
  LEDGER,
  RESULT,
  RUN,
} from '../../record/files/run-folder.ts';
import { readText } from '../../record/files/small-json.ts';
import { strategyOf } from '../../record/foreign/foreign.ts';
import type { Judgement, Verdict } from '../../record/result.ts';
import type { RunStart } from '../../record/run.ts';
import type { Figures, ListedRun, RunList, RunState } from '../view/messages.ts';

const MOST_RUNS = 200;
const MOST_CHECKS = 100;
/** A run that goes on writes something at least so often: before its load, its cluster starts, which may install servers. */
const QUIET_MS = { starting: 120_000, underLoad: 15_000 };
const VERDICTS: readonly string[] = ['pass', 'fail', 'unknown'];

/** What `result.json` says, as far as a page shows it. */
interface Result {
  readonly verdict: Verdict;
  readonly checks: readonly Judgement[];
  readonly figures: Figures;
}

interface Known {
  readonly start: RunStart;
  result?: Result | undefined;
}

/** Lists the runs in the folder of results, and reads each run's own files only once. */
export class RunFolders {
  readonly #results: string;
  readonly #known = new Map<string, Known>();

  constructor(results: string) {
    this.#results = results;
  }

  /** Gives the path of a run's folder; undefined if there is no such run. A name that is a path is the name of none. */
  pathOf(run: string): string | undefined {
    return this.#names().includes(run) ? join(this.#results, run) : undefined;
  }

  list(nowMs: number): RunList {
    const found = this.#names()
      .flatMap((name) => {
        const known = this.#knownOf(name);
        return known ? [{ name, startedAt: known.start.startedAt }] : [];
      })
      .sort((a, b) => b.startedAt - a.startedAt || (a.name < b.name ? 1 : -1));
    const runs = found.slice(0, MOST_RUNS).flatMap(({ name }) => this.read(name, nowMs)?.listed ?? []);
    return { runs, leftOut: found.length - runs.length };
  }

  /** Reads a run; undefined if its folder is none of a run that this lab can read. */
  read(
    name: string,
    nowMs: number,
  ):
    | { readonly start: RunStart; readonly listed: ListedRun; readonly result: Result | undefined }
    | undefined {
    const folder = join(this.#results, name);
    const known = this.#knownOf(name);
    if (!known) return undefined;
    known.result ??= resultOf(folder);
    const { start, result } = known;
    const { fault, ablate } = start.settings;
    const strategy = strategyOf(start.settings);
    const state = result ? 'judged' : stateOf(folder, nowMs);
    return {
      start,
      result,
      listed: {
        ...{ run: name, strategy, fault, ablate, startedAt: start.startedAt, state },
        verdict: result?.verdict ?? null,
      },
    };
  }

  /** Gives what does not change of a run. Undefined: its folder is none of a run, or not yet. */
  #knownOf(name: string): Known | undefined {
    const known = this.#known.get(name) ?? knownOf(join(this.#results, name));
    if (known) this.#known.set(name, known);
    return known;
  }

  /** Names the folders that have a `run.json`. */
  #names(): string[] {
    try {
      if (!isFolder(this.#results)) return [];
      return readdirSync(this.#results, { withFileTypes: true })
        .filter((entry) => entry.isDirectory() && /^[\w.-]{1,128}$/.test(entry.name))
        .map(({ name }) => name)
        .filter((name) => this.#known.has(name) || changedMs(join(this.#results, name, RUN)) !== undefined);
    } catch {
      // It may be gone meanwhile, or not ours to read.
      return [];
    }
  }
}

function knownOf(folder: string): Known | undefined {
  try {
    return { start: readRunStart(folder).start };
  } catch {
    return undefined;
  }
}

/** The folder may come from a stranger: what is not of the right kind is left out. */
function resultOf(folder: string): Result | undefined {
  const text = readText(join(folder, RESULT));
  if (text === undefined) return undefined;
  try {
    const { verdict, checks, origin, requests, latencyMs, fencing } = JSON.parse(text);
    if (!VERDICTS.includes(verdict) || !Array.isArray(checks)) return undefined;
    return {
      verdict,
      checks: checks
        .slice(0, MOST_CHECKS)
        .filter((check) => VERDICTS.includes(check?.verdict))
        .map(({ name, verdict, detail }) => ({
          name: `${name}`,
          verdict,
          detail: `${detail}`.slice(0, 500),
        })),
      figures: { origin, requests, latencyMs, fencing },
    };
  } catch {
    return undefined;
  }
}

/** A run without a result goes on if one of its files has changed lately. */
function stateOf(folder: string, nowMs: number): RunState {
  const history = changedMs(join(folder, HISTORY));
  const quietMs = history === undefined ? QUIET_MS.starting : QUIET_MS.underLoad;
  const others = [RUN, LAB_JOURNAL, FACTS, LEDGER, EVENTS, DATA].map(
    (name) => changedMs(join(folder, name)) ?? 0,
  );
  return nowMs - Math.max(history ?? 0, ...others) < quietMs ? 'live' : 'cut short';
}

/** When a file was changed; undefined if nobody can tell. */
function changedMs(path: string): number | undefined {
  try {
    return lstatSync(path).mtimeMs;
  } catch {
    return undefined;
  }
}
