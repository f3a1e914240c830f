import type { ScriptChange } from '../backends/redis/ioredis/scripts.ts';
import type { RedisPort } from '../backends/redis/port.ts';
import type { Clock, Definition, Options, Parts } from '../strategies/contract/index.ts';

/** The parts that a replica is built from, before any layer counts or records. */
export interface Whole<V> extends Pick<Parts<V>, 'cache' | 'lease'> {
  readonly definition: Definition;
  readonly options: Options;
}

/** What an ablation may use beside the parts. */
export interface Tools {
  readonly redis: RedisPort;
  readonly clock: Clock;
  readonly random: () => number;
  readonly times: { readonly ttlMs: number; readonly graceMs: number };
}

/** The strategies that have ablations. */
export type Ablatable = 'lock' | 'refresh-ahead';

/**
 * A strategy without one of its guards, to show what the guard is for. The strategy's code stays as it is: an ablation
 * wraps what it stands on, or changes lines of the store's scripts. The recording layers are outside, so they record what
 * the ablated replica does.
 */
export interface Ablation {
  readonly name: string;
  /** What the strategy lacks, or has instead. */
  readonly difference: string;
  readonly guard: string;
  readonly defendsAgainst: string;
  /** The fault of both runs, with the guard and without. Undefined: only the herd. */
  readonly fault?: string;
  /** The parameters that it needs, unless you type others. They override the fault's. */
  readonly presets: Readonly<Record<string, string>>;
  /** The checks of which at least one fails without the guard. */
  readonly mustFail: readonly string[];
  /** The strategy that has the guard. Default: `lock`. */
  readonly strategy?: Ablatable;
  /** The processes that have the guard. Default: the replicas. */
  readonly part?: 'replica' | 'refresher';
  /** Wraps what the strategy stands on. */
  takeOut?<V>(whole: Whole<V>, tools: Tools): Whole<V>;
  /** Changes to the store's scripts as they are loaded. */
  readonly changes?: readonly ScriptChange[];
}

/** Enough load for a dogpile, and enough waits for a median, but not too much for a busy machine. */
export const UNDER_A_HERD = { TTL: '1s', RATE: '400', EXPIRIES: '12' } as const;
/** Few expiries: a run with a fault adds some before and after it. */
export const UNDER_A_FAULT = { EXPIRIES: '3' } as const;
