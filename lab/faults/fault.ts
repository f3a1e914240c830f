import type { Arrival } from '../../load/history.ts';
import type { Behaviour } from '../../services/origin/behaviour.ts';
import type { Finding } from '../checks/check.ts';
import type { Evidence } from '../checks/evidence.ts';
import type { Cluster, Replica } from '../cluster/cluster.ts';
import type { Journals } from '../journals.ts';
import type { PARAMETERS } from '../parameters.ts';
import type { Settings } from '../settings.ts';
import type { Timeline } from './timeline.ts';

/** What a fault works with while the herd runs. */
export interface Bench {
  readonly cluster: Cluster;
  readonly settings: Settings;
  readonly journals: Journals;
  /** Looks again and again until there is something, for at most `withinMs`; then it throws. */
  until<T>(what: string, look: () => T | undefined | Promise<T | undefined>, withinMs: number): Promise<T>;
  /** Lets the time pass that a fault is to last. */
  last(ms: number): Promise<void>;
  /** Keeps for the judge what happened now. */
  note(what: string, details?: Readonly<Record<string, string | number>>): void;
  /** Sends the herd to these replicas from now on, and to no other. */
  route(replicas: readonly Replica[]): Promise<void>;
  tellOrigin(behaviour: Partial<Behaviour>): Promise<void>;
}

/** Who is to be hit, decided before anything is done. */
export interface Plan {
  readonly victim: string;
  /** The grant that the victim holds, where it is hit as a holder. */
  readonly fence?: number;
  /** The replicas that will stay with the victim when the network is cut. */
  readonly near?: readonly string[];
}

/** What a fault may cost without the run being at fault. Everything else is judged as ever. */
export interface Tolerance {
  /** Recomputes beyond the claim in a cycle that the fault touched. */
  readonly extraRecomputes: number;
  /** Time beyond the bound that a request may wait. */
  readonly extraWaitMs: number;
  /** Time past its TTL that a value may be served. */
  readonly staleMs: number;
  /**
   * In which order of values a replica was between two moments: all that share one are compared. Undefined: in none,
   * since it went from one to another meanwhile.
   */
  orderOf(by: string, from: number, to: number, timeline: Timeline): string | undefined;
  /** Whether the store loses what it held when it is hit: a value may be recomputed before its time then. */
  readonly forgetsStore: boolean;
  /** Whether the fault accounts for this failed request. */
  excuses(arrival: Arrival, timeline: Timeline): boolean;
}

/**
 * One fault, one file. It is triggered by an event, never by a timer; its victim is recorded before the injection; it is
 * healed whatever happens.
 */
export interface Fault {
  readonly name: string;
  readonly summary: string;
  /** What answers it. */
  readonly guard: string;
  /** The parameters that give it meaning, where nothing else was typed. */
  readonly presets: Partial<Record<keyof typeof PARAMETERS, string>>;
  /** Parameters without which there is nothing to hit; presets should name them too. */
  readonly needs?: Partial<Record<keyof typeof PARAMETERS, string>>;
  /** Fewer replicas than this leave nothing of the fault. */
  readonly leastReplicas?: number;
  readonly tolerance: (settings: Settings) => Partial<Tolerance>;
  /** Waits for the moment and chooses the victim. */
  plan(bench: Bench): Promise<Plan>;
  /** Does it, and stays until it has had its effect. */
  inject(bench: Bench, plan: Plan): Promise<void>;
  /** Undoes it. Safe to call twice, and when nothing was done. */
  heal(bench: Bench, plan: Plan): Promise<void>;
  /** Whether it hit, and what answered it; unknown where it missed. */
  verify(evidence: Evidence, timeline: Timeline): Finding;
}
