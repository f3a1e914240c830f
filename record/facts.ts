import type { WallMs } from '../strategies/contract/index.ts';
import type { Arrival } from './arrival.ts';
import type { RecordedEvent } from './events.ts';
import type { FaultEvent } from './fault-events.ts';
import type { LedgerLine } from './ledger.ts';
import type { Settings } from './settings.ts';

/** The herd's report about itself at its end. */
export interface HerdFacts {
  /** How many arrivals fell due, counted when they did. The arrivals themselves are recorded when they end. */
  readonly scheduled: number;
  /** When all connections were open, in wall time. */
  readonly openedAt: WallMs;
  /** How late the injector's event loop was, in ms. */
  readonly eventLoopDelayMs: { readonly p99: number; readonly max: number };
}

/** What the lab records of a run, beside the records of the services and the herd. */
export interface RunFacts {
  readonly run: string;
  readonly runtime: string;
  readonly settings: Settings;
  readonly herd: HerdFacts;
  /** Members that ended without an order. */
  readonly casualties: readonly string[];
  readonly host: { readonly cpus: number; readonly node: string; readonly redis: string };
  /** How many commands the replicas sent to Redis; null if the server's count was lost. */
  readonly redisCommands: number | null;
}

/** An event of a replica, or a fault by the lab. */
export type RunEvent = RecordedEvent | FaultEvent;

/** The contents of a finished run's folder. */
export interface RunData {
  readonly facts: RunFacts;
  readonly ledger: readonly LedgerLine[];
  readonly events: readonly RunEvent[];
  readonly arrivals: readonly Arrival[];
}
