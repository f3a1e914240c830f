import type { Settings } from './settings.ts';

/** `unknown`: the run does not allow a judgement. It never counts as a pass. */
export type Verdict = 'pass' | 'fail' | 'unknown';

/** The judgement of one check. */
export interface Judgement {
  readonly name: string;
  readonly verdict: Verdict;
  /** What was seen, with its figures, in a few words. */
  readonly detail: string;
}

/** A check that cannot be made from outside, and what it would have to see. */
export interface NotVisible {
  readonly name: string;
  readonly why: string;
}

/** What a user's own service behaves like. */
export interface BehavesLike {
  /** Strategies, and other words of docs/judging.md. Several: nothing in the run tells them apart. None: nobody can say. */
  readonly names: readonly string[];
  /** What was measured, in one sentence. */
  readonly why: string;
  /** Who waited for a recompute, and whether values were recomputed before they were due. */
  readonly waits: 'everyone' | 'winner' | 'nobody';
  readonly early: boolean;
}

export interface Percentiles {
  readonly p50: number;
  readonly p90: number;
  readonly p99: number;
  readonly p999: number;
  readonly max: number;
}

type Wake = Pick<Percentiles, 'p50' | 'p99' | 'max'>;

/** `result.json`, schema 1. Times in ms. */
export interface RunRecord {
  readonly schema: 1;
  /** The folder's name. */
  readonly run: string;
  readonly strategy: string;
  readonly runtime: string;
  readonly fault: string | null;
  readonly config: Settings;
  readonly host: { readonly cpus: number; readonly node: string; readonly redis: string };
  /** Expiries judged. */
  readonly expiries: number;
  readonly origin: {
    readonly recomputes: number;
    readonly perExpiry: { readonly mean: number; readonly max: number };
    readonly maxConcurrent: number;
    /** Recomputes begun in each second of the run. */
    readonly perSecond: readonly number[];
  };
  readonly requests: {
    readonly scheduled: number;
    readonly ok: number;
    readonly error: number;
    readonly timeout: number;
    readonly unsent: number;
    readonly byOutcome: Readonly<Record<string, number>>;
    /** How many of them proxies forwarded to the replicas; null without proxies. */
    readonly forwarded: number | null;
  };
  readonly latencyMs: { readonly all: Percentiles | null; readonly acrossExpiry: Percentiles | null };
  /** How long after the commit the waiters' replicas had the value. */
  readonly wakeMs: Wake | null;
  /** How long after the commit the waiting clients had the value, each behind the answers to the other waiters. */
  readonly wakeAtClientMs: Wake | null;
  readonly ageMs: Pick<Percentiles, 'p99' | 'max'> | null;
  /** How long past their TTL values were served. */
  readonly stalenessMs: Pick<Percentiles, 'p99' | 'max'> | null;
  readonly redis: { readonly commandsPerRequest: number | null };
  /** What the lab did with `INVALIDATE`; null without. */
  readonly invalidations: {
    readonly asked: number;
    readonly acknowledged: number;
    /** How many of the expiries judged replaced a value that was invalidated. */
    readonly refilled: number;
    /** How long after each acknowledgement somebody last asked and got an older value; 0: never. */
    readonly olderMs: Pick<Percentiles, 'p50' | 'max'> | null;
  } | null;
  readonly fencing: { readonly accepted: number; readonly rejected: number };
  readonly checks: readonly Judgement[];
  /** These are there for a user's own service only. */
  readonly notVisible?: readonly NotVisible[];
  readonly behavesLike?: BehavesLike;
  /**
   * How it is known which version each recompute replaced: the service named it, or by what the service had answered, or
   * both.
   */
  readonly attribution?: 'ledger' | 'answers' | 'both';
  readonly verdict: Verdict;
}
