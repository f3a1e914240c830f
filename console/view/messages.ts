import type { RunTimeline } from '../../judge/timeline/timeline.ts';
import type { Judgement, RunRecord, Verdict } from '../../record/result.ts';

/** `live`: it goes on. `judged`: it has a verdict. `cut short`: it ended without one. */
export type RunState = 'live' | 'judged' | 'cut short';

/** A row of the list of runs. */
export interface ListedRun {
  readonly run: string;
  readonly strategy: string;
  readonly fault: string | null;
  readonly ablate: string | null;
  /** Wall time in ms. */
  readonly startedAt: number;
  readonly state: RunState;
  readonly verdict: Verdict | null;
}

/** The list of runs, the newest first. */
export interface RunList {
  readonly runs: readonly ListedRun[];
  /** How many older ones there are. */
  readonly leftOut: number;
}

/** What is drawn of a run: the whole of it, or the last seconds of one that goes on. */
export interface ShownTimeline extends Omit<RunTimeline, 'damage'> {
  /** When the load began. */
  readonly beganWallMs: number;
}

/** A run in full. */
export interface RunView extends ListedRun {
  /** The parameters that were given, and the others that matter for what is seen. */
  readonly setting: Readonly<
    Record<'ttlMs' | 'recomputeMs' | 'leaseMs' | 'ratePerSecond' | 'originCapacity' | 'expiries', number>
  >;
  /** What its strategy does, in three sentences. */
  readonly about: readonly string[];
  /** How many expiries the checks may count so far. */
  readonly expiries: number;
  /** Absent until there was a request. */
  readonly timeline?: ShownTimeline;
  /** Absent until the run is judged. */
  readonly checks?: readonly Judgement[];
  /** What the lessons of the tour speak of; absent until the run is judged. */
  readonly figures?: Figures;
  /** Whether the run is longer than what the timeline shows. */
  readonly isCut: boolean;
}

export type Figures = Pick<RunRecord, 'origin' | 'requests' | 'latencyMs' | 'fencing'>;

/** A command of the lab that the console started. */
export interface JobView {
  readonly command: JobCommand;
  /** What one would type. */
  readonly typed: string;
  readonly state: 'running' | 'ending' | 'ended';
  /** Its exit status, once it has ended. */
  readonly status: number | null;
  /** The last lines of its output. */
  readonly lines: readonly string[];
}

/** The commands that a page may start. `fault`: on the cluster that is up. */
export const JOB_COMMANDS = ['herd', 'up', 'load', 'fault', 'heal', 'down'] as const;
export type JobCommand = (typeof JOB_COMMANDS)[number];

/** What a page may send to start a command: values by the name of their parameter. */
export type JobValues = Readonly<Record<string, string>>;

/** A parameter as a field of a form. */
export interface Field {
  readonly name: string;
  readonly group: string;
  readonly about: string;
  readonly preset: string;
  /** What it takes, in a few words. */
  readonly range: string;
  /** The words that it takes, if it is a choice. */
  readonly options?: readonly string[];
}

/** The fields of each command. */
export type Forms = Readonly<Partial<Record<JobCommand, readonly Field[]>>>;

/** What the stream of the console sends, by the name of the event. */
export interface StreamEvents {
  readonly runs: RunList;
  readonly run: RunView;
  /** A run that was asked for and is not there. */
  readonly missing: { readonly run: string };
  readonly jobs: readonly JobView[];
}
