import type { ScriptChange } from '../backends/redis/ioredis/scripts.ts';
import type { RedisPort } from '../backends/redis/port.ts';
import type { Clock, Definition, Options, Parts } from '../strategies/contract/index.ts';
import type { LineChange } from './loading/changed-text.ts';

/** The parts that a replica is built from, before any layer counts or records. */
export interface Whole<V> extends Pick<Parts<V>, 'cache' | 'lease'> {
  readonly definition: Definition;
  readonly options: Options;
}

/** What a wrapper may use beside the parts. */
export interface Tools {
  readonly redis: RedisPort;
  readonly clock: Clock;
  readonly random: () => number;
  readonly times: { readonly ttlMs: number; readonly graceMs: number };
}

/**
 * A lab that is wrong in one way, and the check that must notice. The files stay as they are: a mutant wraps what the
 * strategy stands on, changes lines of the store's scripts, or changes lines of modules as a replica or refresher loads
 * them.
 */
export interface Mutant {
  readonly name: string;
  /** What the strategy lacks, or does instead. Follows the strategy's name. */
  readonly difference: string;
  /** The strategy that is changed. Default: `lock`. */
  readonly strategy?: string;
  /** The fault that it runs under. Undefined: only the herd. */
  readonly fault?: string;
  /** The parameters that it needs, unless you type others. They override the fault's. */
  readonly presets: Readonly<Record<string, string>>;
  /** The checks of which at least one must fail. Empty if the mutant spoils the record itself. */
  readonly mustFail: readonly string[];
  /** The checks of which one may be unknown instead, since the mutant takes their evidence away. A run must never pass. */
  readonly mayDoubt?: readonly string[];
  /** Whether it belongs to the sample that every build runs. */
  readonly quick?: boolean;
  /** The processes that `takeOut` and `changes` apply to. Default: the replicas. */
  readonly part?: 'replica' | 'refresher';
  /** Wraps what the strategy stands on. */
  takeOut?<V>(whole: Whole<V>, tools: Tools): Whole<V>;
  /** Changes to the store's scripts as they are loaded. */
  readonly changes?: readonly ScriptChange[];
  /** Changes to modules as they are loaded, in replicas and refreshers alike. */
  readonly lines?: readonly LineChange[];
}

/** A mutant that lacks a guard, to show what the guard is for. */
export interface Ablation extends Mutant {
  readonly guard: string;
  readonly defendsAgainst: string;
}

/** Enough load for a dogpile, and enough waits for a median, but not too much for a busy machine. */
export const UNDER_A_HERD = { TTL: '1s', RATE: '400', EXPIRIES: '12' } as const;
/** Few expiries: a run with a fault adds some before and after it. */
export const UNDER_A_FAULT = { EXPIRIES: '3' } as const;
/** A few seconds under the herd, for what each expiry shows. */
export const BRIEFLY = { TTL: '1s', RATE: '400', EXPIRIES: '3' } as const;
/** Enough refreshes for the median lead. The TTL is longer than any lead that chance may give. */
export const EARLY = { TTL: '1s', RECOMPUTE: '100ms', RATE: '400', EXPIRIES: '11' } as const;
