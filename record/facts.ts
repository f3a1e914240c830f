import type { WallMs } from '../strategies/contract/index.ts';
import type { Arrival } from './arrival.ts';
import type { RecordedEvent } from './events.ts';
import type { FaultEvent } from './fault-events.ts';
import type { LedgerLine } from './ledger.ts';
import type { Settings } from './settings.ts';

/** What the herd says of itself when it has ended. */
export interface HerdFacts {
  /** Arrivals that fell due, counted when they did; the arrivals are recorded when they end. */
  readonly scheduled: number;
  /** When all connections were open, in wall time. */
  readonly openedAt: WallMs;
  /** How late the injector's own event loop was, in ms. */
  readonly eventLoopDelayMs: { readonly p99: number; readonly max: number };
}

/** What the lab knows of a run beside what the services and the herd recorded. */
export interface RunFacts {
  readonly run: string;
  readonly runtime: string;
  readonly settings: Settings;
  readonly herd: HerdFacts;
  /** Members that ended though nobody told them to. */
  readonly casualties: readonly string[];
  readonly host: { readonly cpus: number; readonly node: string; readonly redis: string };
  /** Commands the replicas sent; null when the server's count was lost. */
  readonly redisCommands: number | null;
}

/** What the replicas recorded, and what the lab did to them. */
export type RunEvent = RecordedEvent | FaultEvent;

/** What lies in the folder of a finished run. */
export interface RunData {
  readonly facts: RunFacts;
  readonly ledger: readonly LedgerLine[];
  readonly events: readonly RunEvent[];
  readonly arrivals: readonly Arrival[];
}
