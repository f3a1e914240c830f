import type { WallMs } from '../strategies/contract/index.ts';

/** What the lab did, in the run's events. */
export interface FaultEvent {
  readonly at: WallMs;
  readonly by: 'lab';
  readonly event: 'fault';
  readonly fault: string;
  /** `noted`: something happened in between that the judge must know of: see `what`. */
  readonly phase: 'planned' | 'injected' | 'noted' | 'healed';
  readonly victim: string;
  /** The grant that the victim held. */
  readonly fence?: number;
  /** The replicas that stayed with the victim when the network was cut. */
  readonly near?: readonly string[];
  readonly what?: string;
  readonly details?: FaultDetails;
}

export type FaultDetails = Readonly<Record<string, string | number>>;
