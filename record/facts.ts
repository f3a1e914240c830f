import type { WallMs } from '../strategies/contract/index.ts';
import type { Arrival } from './arrival.ts';
import type { ClockSample } from './clock-samples.ts';
import type { RecordedEvent } from './events.ts';
import type { FaultEvent } from './fault-events.ts';
import type { LedgerLine } from './ledger.ts';
import type { Settings } from './settings.ts';

/** A time in which a process did nothing. */
export interface Stalled {
  /** When it ended. */
  readonly at: WallMs;
  readonly forMs: number;
}

/** The herd's report about itself at its end. */
export interface HerdFacts {
  /** How many arrivals fell due, counted when they did. The arrivals themselves are recorded when they end. */
  readonly scheduled: number;
  /** When the last of them fell due. The end of the load may cut the last expiry short. */
  readonly lastDueAt: WallMs;
  /** When all connections were open, in wall time. */
  readonly openedAt: WallMs;
  /** How late the injector's event loop was, in ms. */
  readonly eventLoopDelayMs: { readonly p99: number; readonly max: number };
  /** When the injector's process did nothing for 25 ms or more: the longest such times, in their order. */
  readonly stalls?: readonly Stalled[] | undefined;
}

/** What the lab records of a run, beside the records of the services and the herd. */
export interface RunFacts {
  readonly run: string;
  readonly runtime: string;
  readonly settings: Settings;
  /** Who was to run. */
  readonly members?: readonly { readonly name: string; readonly role: string }[];
  readonly herd: HerdFacts;
  /** Members that ended without an order. */
  readonly casualties: readonly string[];
  readonly host: { readonly cpus: number; readonly node: string; readonly redis: string };
  /** How many commands the replicas sent to Redis; null if the server's count was lost. */
  readonly redisCommands: number | null;
}

/** An event of a replica, or what the lab did or read. */
export type RunEvent = RecordedEvent | FaultEvent | ClockSample;

/** The arrivals of a run, in the order in which they ended; an unsent one comes when it fell due. It can be read again. */
export interface History extends Iterable<Arrival> {
  /** Whether what is read is compared with a seal. */
  readonly isSealed?: boolean;
  /** What the last reading found broken or missing, with the name of the piece. Known only after a whole reading. */
  readonly damage?: string | undefined;
}

/** The contents of a finished run's folder. */
export interface RunData {
  readonly facts: RunFacts;
  readonly ledger: readonly LedgerLine[];
  readonly events: readonly RunEvent[];
  readonly arrivals: History;
  /** What is broken or missing in the rest of the folder, each with the name of the piece. */
  readonly damage?: readonly string[];
}
