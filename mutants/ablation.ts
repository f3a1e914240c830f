import type { ScriptChange } from '../backends/redis/ioredis/scripts.ts';
import type { RedisPort } from '../backends/redis/port.ts';
import type { Clock, Definition, Options, Parts } from '../strategies/contract/index.ts';

/** What a replica is built from, before anything of it is counted and recorded. */
export interface Whole<V> extends Pick<Parts<V>, 'cache' | 'lease'> {
  readonly definition: Definition;
  readonly options: Options;
}

/** What an ablation may reach for past the parts. */
export interface Tools {
  readonly redis: RedisPort;
  readonly clock: Clock;
  readonly random: () => number;
  readonly times: { readonly ttlMs: number; readonly graceMs: number };
}

/** The strategies that have guards to take out. */
export type Ablatable = 'lock' | 'refresh-ahead';

/**
 * A strategy with one guard taken out, to show what the guard is for. The strategy itself stays as it is: an ablation wraps what
 * it stands on, or changes lines of the store's scripts. The recording is outside, so it records what the ablated replica did.
 */
export interface Ablation {
  readonly name: string;
  /** What the strategy is without, or what it has instead. */
  readonly difference: string;
  readonly guard: string;
  readonly defendsAgainst: string;
  /** The fault that both runs meet, with the guard and without; none: only the herd. */
  readonly fault?: string;
  /** The parameters that give it meaning, where nothing else was typed; they outweigh the fault's. */
  readonly presets: Readonly<Record<string, string>>;
  /** The ordinary checks of which at least one fails without the guard. */
  readonly mustFail: readonly string[];
  /** Whose guard it is; the lock's, where nothing else is said. */
  readonly strategy?: Ablatable;
  /** The processes that have it; the replicas, where nothing else is said. */
  readonly part?: 'replica' | 'refresher';
  /** Wraps what the strategy stands on. */
  takeOut?<V>(whole: Whole<V>, tools: Tools): Whole<V>;
  /** Lines of the store's scripts that are changed as they are loaded. */
  readonly changes?: readonly ScriptChange[];
}

/** Enough of a herd for a dogpile, and of waits for a median; and little enough for a busy machine. */
export const UNDER_A_HERD = { TTL: '1s', RATE: '400', EXPIRIES: '12' } as const;
/** A fault has its own expiries before and after it. */
export const UNDER_A_FAULT = { EXPIRIES: '3' } as const;
