import type { ScriptedRedis } from '../../../backends/redis.ts';
import type { Clock, Definition, Options, Parts } from '../../../strategies/contract.ts';

/** What a replica is built from, before anything of it is counted and recorded. */
export interface Whole<V> extends Pick<Parts<V>, 'cache' | 'lease'> {
  readonly definition: Definition;
  readonly options: Options;
}

/** What an ablation may reach for past the parts. */
export interface Tools {
  readonly redis: ScriptedRedis;
  readonly clock: Clock;
  readonly random: () => number;
  readonly times: { readonly ttlMs: number; readonly graceMs: number };
}

/** The strategies that have guards to take out. */
export type Ablatable = 'lock' | 'refresh-ahead';

/**
 * A strategy with one guard taken out, to show what the guard is for. The strategy itself is never touched: an ablation
 * wraps what the strategy stands on. What is recorded is what the ablated replica did, since the recording is outside.
 */
export interface Ablation {
  readonly name: string;
  /** Whose guard it is; the lock's, where nothing else is said. */
  readonly strategy?: Ablatable;
  /** The processes that have it; the replicas, where nothing else is said. */
  readonly part?: 'replica' | 'refresher';
  takeOut<V>(whole: Whole<V>, tools: Tools): Whole<V>;
}
