import type { Cluster, Replica } from '../../cluster/cluster.ts';
import type { RecordedEvent } from '../../record/events.ts';
import type { LedgerLine } from '../../record/ledger.ts';
import type { Settings } from '../../record/settings.ts';

/** What the services have recorded so far. */
export interface Journals {
  readonly ledger: readonly LedgerLine[];
  readonly events: readonly RecordedEvent[];
  /** Reads what was recorded since the last call. */
  refresh(): void;
}

/** What a strike works with while the herd runs. */
export interface Scene {
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
}

/** Who is to be hit, decided before anything is done. */
export interface Plan {
  readonly victim: string;
  /** The grant that the victim holds, where it is hit as a holder. */
  readonly fence?: number;
  /** The replicas that will stay with the victim when the network is cut. */
  readonly near?: readonly string[];
}

/**
 * The other half of a fault: what happens to a cluster. An event triggers it, never a timer; its victim is recorded before
 * the injection; it is healed whatever happens.
 */
export interface Strike {
  /** Waits for the moment and chooses the victim. */
  plan(scene: Scene): Promise<Plan>;
  /** Does it, and stays until it has had its effect. */
  inject(scene: Scene, plan: Plan): Promise<void>;
  /** Undoes it. Safe to call twice, and when nothing was done. */
  heal(scene: Scene, plan: Plan): Promise<void>;
}
