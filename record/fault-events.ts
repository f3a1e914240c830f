import type { WallMs } from '../strategies/contract/index.ts';

/** A step of a fault, as the lab records it. */
export interface FaultEvent {
  readonly at: WallMs;
  readonly by: 'lab';
  readonly event: 'fault';
  readonly fault: string;
  /** `noted`: something happened in between that the judge must know; `what` says what. */
  readonly phase: 'planned' | 'injected' | 'noted' | 'healed';
  readonly victim: string;
  /** The fence of the grant that the victim held. */
  readonly fence?: number;
  /** The replicas that stayed with the victim when the network was cut. */
  readonly near?: readonly string[];
  readonly what?: string;
  readonly details?: FaultDetails;
}

export type FaultDetails = Readonly<Record<string, string | number>>;
