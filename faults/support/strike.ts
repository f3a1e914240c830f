import type { Cluster, Replica } from '../../cluster/cluster.ts';
import type { RecordedEvent } from '../../record/events.ts';
import type { LedgerLine } from '../../record/ledger.ts';
import type { Settings } from '../../record/settings.ts';

/** What the services have recorded up to now. */
export interface RecordSoFar {
  readonly ledger: readonly LedgerLine[];
  readonly events: readonly RecordedEvent[];
  /** Reads what they have recorded since the last call. */
  refresh(): void;
}

/** What a strike may use while the herd runs. */
export interface Scene {
  readonly cluster: Cluster;
  readonly settings: Settings;
  readonly journals: RecordSoFar;
  /** Aborts when the run is interrupted. */
  readonly signal: AbortSignal;
  /** Calls `look` until it gives something, then resolves with that. Throws after `withinMs`. */
  until<T>(what: string, look: () => T | undefined | Promise<T | undefined>, withinMs: number): Promise<T>;
  /** Waits for the time that the fault should last. */
  last(ms: number): Promise<void>;
  /** Records for the judge what happened now. */
  note(what: string, details?: Readonly<Record<string, string | number>>): void;
  /** Sends the herd to these replicas from now on, and to no other. */
  route(replicas: readonly Replica[]): Promise<void>;
  /** Has the client hang up whose request was sent first of those under way at a replica. Tells whether there was one. */
  hangUp(replica: string): Promise<boolean>;
}

/** The victim of a strike, chosen before the injection. */
export interface Plan {
  readonly victim: string;
  /** The fence of the victim's grant, if it is hit as a lease holder. */
  readonly fence?: number;
  /** The process whose lease it is, and whose call or reply the relay holds. */
  readonly holder?: string;
  /** The replicas that will stay with the victim when the network is cut. */
  readonly near?: readonly string[];
}

/**
 * The acting half of a fault: what it does to a cluster. An event triggers it, never a timer. The lab records the victim
 * before the injection, and heals the cluster whatever happens.
 */
export interface Strike {
  /** Whether invalidations may go on while it lasts: it is about no lease, no stale value and no back-off. */
  readonly bearsInvalidations?: true;
  /** Waits for the moment and chooses the victim. */
  plan(scene: Scene): Promise<Plan>;
  /** Does the damage, and resolves when it is done. The lab records the fault as injected then. */
  hit(scene: Scene, plan: Plan): Promise<void>;
  /** Waits while the fault lasts, until it has had its effect. */
  last?(scene: Scene, plan: Plan): Promise<void>;
  /** Undoes the fault. You may call it twice, and without an injection. */
  heal(scene: Scene, plan: Plan): Promise<void>;
  /** Waits, once the fault is healed, for what the run must go on to show. */
  after?(scene: Scene, plan: Plan): Promise<void>;
}
